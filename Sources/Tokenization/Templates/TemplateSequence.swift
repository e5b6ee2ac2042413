/// The elements of a list or a tuple.
final class TemplateSequence {
    let items: [TemplateValue]
    /// One more than the deepest element.
    let depth: Int

    init(_ items: [TemplateValue], depth: Int) {
        self.items = items
        self.depth = depth
    }
}
