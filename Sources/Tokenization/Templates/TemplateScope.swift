/// The variables of a block and of the blocks around it.
final class TemplateScope {
    private var variables: [String: TemplateValue] = [:]
    let parent: TemplateScope?
    /// How many scopes stand around this one.
    let level: Int
    /// Whether a macro holds the scope, which makes a cycle to be broken at the end.
    var isCaptured = false

    init(parent: TemplateScope?) {
        self.parent = parent
        level = parent.map { $0.level + 1 } ?? 0
    }

    func value(of name: String) -> TemplateValue? {
        var scope: TemplateScope? = self
        while let current = scope {
            if let value = current.variables[name] { return value }
            scope = current.parent
        }
        return nil
    }

    func set(_ name: String, to value: TemplateValue) { variables[name] = value }

    func clear() { variables = [:] }
}
