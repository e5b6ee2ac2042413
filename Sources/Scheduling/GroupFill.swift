package import Domain

/// How full a group is.
package struct GroupFill: Hashable, Sendable {
    package var members: Int
    package var running: Int
    package var waiting: Int
    /// Spans that sequences hold.
    package var used: BlockCount
    /// Spans that waiting sequences need for what is known of them, where it is spans that they
    /// wait for and not room in a step.
    package var queued: BlockCount
    /// Spans that could be taken now, and that there are.
    package var free: BlockCount
    package var capacity: BlockCount
    package var isAccepting: Bool
}

extension GroupScheduler {
    /// Changes nothing. It is mutating because only that is called in place: anything else in
    /// another module gets a copy, for which every array in here is counted up and down.
    /// Complexity: O(stages).
    package mutating func fill(_ stores: [BlockStore]) -> GroupFill {
        GroupFill(
            members: stages.count, running: running.count, waiting: waitingCount,
            used: pool.usedCount,
            queued: lacksBlocks ? waitingSpans : 0, free: pool.freeCount(stores),
            capacity: pool.capacity(stores),
            isAccepting: isAccepting)
    }
}
