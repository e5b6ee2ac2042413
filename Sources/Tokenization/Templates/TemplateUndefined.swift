/// A value that is not there, and why; most uses of it are errors that say so.
final class TemplateUndefined {
    enum Reason {
        case name(String)
        case attribute(owner: String, name: String)
        case element(owner: String, name: String)
        case unsafe(owner: String, name: String)
        case other(String)
    }

    let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    var message: String {
        switch reason {
        case .name(let name): "'\(name)' is undefined"
        case .attribute(let owner, let name): "'\(owner)' has no attribute '\(name)'"
        case .element(let owner, let name): "\(owner) has no element \(name)"
        case .unsafe(let owner, let name):
            "access to attribute '\(name)' of '\(owner)' object is unsafe"
        case .other(let message): message
        }
    }
}
