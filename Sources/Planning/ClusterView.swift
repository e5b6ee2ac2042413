package import Domain

/// What policies see of the cell: plain numbers, one entry per group, in order of group id.
package struct ClusterView: Hashable, Sendable {
    package var groups: [GroupLoad]

    package init(groups: [GroupLoad]) {
        self.groups = groups
    }
}

/// One group's load at the moment of the decision.
package struct GroupLoad: Hashable, Sendable {
    package var group: GroupID
    package var running: Int
    package var waiting: Int
    package var freeBlocks: BlockCount
    package var totalBlocks: BlockCount
    /// Takes no new sequences.
    package var isDraining: Bool

    package init(
        group: GroupID, running: Int, waiting: Int, freeBlocks: BlockCount,
        totalBlocks: BlockCount, isDraining: Bool = false
    ) {
        self.group = group
        self.running = running
        self.waiting = waiting
        self.freeBlocks = freeBlocks
        self.totalBlocks = totalBlocks
        self.isDraining = isDraining
    }
}
