/// The variable `loop`: where a `for` loop is.
final class TemplateLoop {
    let node: TemplateLoopNode
    /// The scope around the loop, for the condition and for recursion.
    let scope: TemplateScope
    /// How many recursive loops stand around this one.
    let depth0: Int
    /// One more than the deepest element.
    let depth: Int
    /// The elements of the sequence, and how many of them the condition has seen.
    let source: [TemplateValue]
    var sourceIndex = 0
    /// The elements that passed the condition.
    var accepted: [TemplateValue] = []
    /// The place of the current element among the accepted ones, from 0; `nil` before the first.
    var index: Int?
    /// The arguments of the last `loop.changed()`.
    var lastChanged: [TemplateValue]?

    init(
        node: TemplateLoopNode, scope: TemplateScope, source: [TemplateValue], depth0: Int,
        depth: Int
    ) {
        self.node = node
        self.scope = scope
        self.source = source
        self.depth0 = depth0
        self.depth = depth
    }

    var nextIndex: Int { index.map { $0 + 1 } ?? 0 }
}

/// How a body ended.
enum TemplateFlow {
    case next
    case breakLoop
    case continueLoop
}
