/// A key of a mapping: equal where Python's keys are, so `1`, `1.0` and `true` are one key.
/// Strings count as equal only scalar by scalar, without Unicode normalization.
enum TemplateKey: Hashable {
    case none
    case int(Int)
    case double(Double)
    case text(TemplateText)

    /// The key of a value, if the value can be one.
    init?(_ value: TemplateValue) {
        switch value {
        case .none: self = .none
        case .bool(let value): self = .int(value ? 1 : 0)
        case .int(let value): self = .int(value)
        case .double(let value):
            if let exact = Int(exactly: value) { self = .int(exact) } else { self = .double(value) }
        case .string(let text), .markup(let text): self = .text(TemplateText(text))
        default: return nil
        }
    }
}

extension TemplateValue {
    /// Whether Python could look the value up in a mapping, though it is never found here.
    var mayBeKey: Bool {
        switch self {
        case .list, .map: false
        default: true
        }
    }
}

/// A string that compares by its scalars.
struct TemplateText: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Self, right: Self) -> Bool { left.text.isIdentical(to: right.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    /// Whether both have the same scalars.
    func isIdentical(to other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
