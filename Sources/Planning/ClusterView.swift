package import Domain

/// What policies see of the cell: plain numbers for each group, and their sums. The cell brings
/// groups that have changed up to date before it asks, so nothing here takes time that grows with
/// the number of instances.
package struct ClusterView: Hashable, Sendable {
    /// By group id.
    private var loads: [GroupLoad?] = []
    /// Of all groups.
    package private(set) var total = ClusterTotal()

    package init() {}

    package subscript(group: GroupID) -> GroupLoad? {
        group.index < loads.count ? loads[group.index] : nil
    }

    /// Notes how a group is now; `nil` when it is no more.
    package mutating func set(_ load: GroupLoad?, for group: GroupID) {
        while loads.count <= group.index { loads.append(nil) }
        if let old = loads[group.index] { total.subtract(old) }
        if let load { total.add(load) }
        loads[group.index] = load
    }
}

/// The sums over all groups.
package struct ClusterTotal: Hashable, Sendable {
    /// Sequences that wait.
    package private(set) var waiting = 0
    package private(set) var usedBlocks: BlockCount = 0
    package private(set) var lentBlocks: BlockCount = 0
    package private(set) var queuedBlocks: BlockCount = 0
    /// Of the groups that take sequences.
    package private(set) var freeBlocks: BlockCount = 0
    package private(set) var totalBlocks: BlockCount = 0

    mutating func add(_ load: GroupLoad) { add(load, times: 1) }
    mutating func subtract(_ load: GroupLoad) { add(load, times: -1) }

    private mutating func add(_ load: GroupLoad, times: Int) {
        waiting += load.waiting * times
        usedBlocks += load.usedBlocks * times
        lentBlocks += load.lentBlocks * times
        queuedBlocks += load.queuedBlocks * times
        guard !load.isDraining else { return }
        freeBlocks += load.freeBlocks * times
        totalBlocks += load.totalBlocks * times
    }
}

/// One group's load at the moment of the decision.
package struct GroupLoad: Hashable, Sendable {
    package var group: GroupID
    package var running: Int
    package var waiting: Int
    /// Instances that execute its sequences together.
    package var members: Int
    /// Blocks that its sequences hold.
    package var usedBlocks: BlockCount
    /// Of those, what batch requests hold that give way to others.
    package var lentBlocks: BlockCount
    /// Blocks that those need which wait for blocks.
    package var queuedBlocks: BlockCount
    /// Blocks that all of those need which wait, be it for room in a step.
    package var waitingBlocks: BlockCount
    /// Blocks that the first one needs, if it waits for blocks.
    package var headBlocks: BlockCount
    /// Blocks that are to stay empty so that sequences of high priority decode fast.
    package var headroomBlocks: BlockCount
    package var freeBlocks: BlockCount
    package var totalBlocks: BlockCount
    /// Takes no new sequences.
    package var isDraining: Bool

    package init(
        group: GroupID, running: Int, waiting: Int, members: Int = 1,
        usedBlocks: BlockCount = 0, lentBlocks: BlockCount = 0, queuedBlocks: BlockCount = 0,
        waitingBlocks: BlockCount = 0, headBlocks: BlockCount = 0, headroomBlocks: BlockCount = 0,
        freeBlocks: BlockCount, totalBlocks: BlockCount, isDraining: Bool = false
    ) {
        self.group = group
        self.running = running
        self.waiting = waiting
        self.members = members
        self.usedBlocks = usedBlocks
        self.lentBlocks = lentBlocks
        self.queuedBlocks = queuedBlocks
        self.waitingBlocks = waitingBlocks
        self.headBlocks = headBlocks
        self.headroomBlocks = headroomBlocks
        self.freeBlocks = freeBlocks
        self.totalBlocks = totalBlocks
        self.isDraining = isDraining
    }
}
