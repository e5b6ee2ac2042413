package import Domain

/// What curves show of a group.
package struct GroupCensus: Hashable, Sendable {
    package let stages: [GroupStage]
    package let running: Int
    package let waiting: Int
    /// Sequences of `running` that stand still while their KV moves.
    package let stalled: Int
    /// Spans that sequences hold, and that only the prefix cache holds.
    package let used: BlockCount
    package let cached: BlockCount
}
