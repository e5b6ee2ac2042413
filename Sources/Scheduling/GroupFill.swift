package import Domain

/// How full a group is.
package struct GroupFill: Hashable, Sendable {
    package var members: Int
    package var running: Int
    package var waiting: Int
    /// Spans that sequences hold.
    package var used: BlockCount
    /// Spans that the waiting sequences need for what is known of them.
    package var waitingSpans: BlockCount
    /// Spans that the first of them needs, if it is spans that it waits for and not room in a step.
    package var headSpans: BlockCount?
    /// Spans that could be taken now, and that there are.
    package var free: BlockCount
    package var capacity: BlockCount
    package var isAccepting: Bool
}

extension GroupScheduler {
    /// Changes nothing that counts. It is mutating because only that is called in place: anything
    /// else in another module gets a copy, for which every array in here is counted up and down.
    /// Complexity: O(stages).
    package mutating func fill(_ stores: [BlockStore], _ table: SequenceTable) -> GroupFill {
        let head = lacksBlocks ? waiting.first(in: table) : nil
        return GroupFill(
            members: stages.count, running: running.count, waiting: waitingCount,
            used: pool.usedCount, waitingSpans: waitingSpans,
            headSpans: head.map { spansNeeded(for: table[$0].tokens.count) },
            free: pool.freeCount(stores), capacity: pool.capacity(stores),
            isAccepting: isAccepting)
    }
}
