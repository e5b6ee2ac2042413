/// What `cycler()` gives.
final class TemplateCycler {
    let items: [TemplateValue]
    let depth: Int
    var position = 0

    init(_ items: [TemplateValue], depth: Int) {
        self.items = items
        self.depth = depth
    }

    var current: TemplateValue { items[position] }

    func advance() -> TemplateValue {
        defer { position = (position + 1) % items.count }
        return current
    }
}

/// What `joiner()` gives: a separator, except for the first time.
final class TemplateJoiner {
    let separator: TemplateValue
    let depth: Int
    var isUsed = false

    init(separator: TemplateValue, depth: Int) {
        self.separator = separator
        self.depth = depth
    }
}
