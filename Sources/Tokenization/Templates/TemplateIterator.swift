/// What a lazy filter such as `map` gives: its elements can be taken once. They are computed at
/// once here, which templates cannot tell apart unless computing them fails.
final class TemplateIterator {
    private let items: [TemplateValue]
    private var position = 0
    let depth: Int

    init(_ items: [TemplateValue], depth: Int) {
        self.items = items
        self.depth = depth
    }

    func takeAll() -> [TemplateValue] {
        defer { position = items.count }
        return position == 0 ? items : Array(items[position...])
    }

    func takeFirst() -> TemplateValue? {
        guard position < items.count else { return nil }
        defer { position += 1 }
        return items[position]
    }
}
