package import Domain

/// The KV of a cell at one moment, over all its groups.
package struct OverloadLoad: Hashable, Sendable {
    /// What running and queued sequences need.
    package var demand: BlockCount
    /// What there is now.
    package var capacity: BlockCount
    package var used: BlockCount
    /// What queued sequences need; none if and only if the queue is empty.
    package var queued: BlockCount
    package var free: BlockCount
    /// What there would be without a drop.
    package var undroppedCapacity: BlockCount
    /// Some parameters are dropped.
    package var isDropped: Bool
    /// A drop or restore is under way.
    package var isChanging: Bool

    /// Some groups could merge now, whatever others are doing.
    package var canDrop: Bool

    package init(
        demand: BlockCount, capacity: BlockCount, used: BlockCount, queued: BlockCount,
        free: BlockCount, undroppedCapacity: BlockCount, isDropped: Bool, isChanging: Bool,
        canDrop: Bool? = nil
    ) {
        self.demand = demand
        self.capacity = capacity
        self.used = used
        self.queued = queued
        self.free = free
        self.undroppedCapacity = undroppedCapacity
        self.isDropped = isDropped
        self.isChanging = isChanging
        self.canDrop = canDrop ?? !isChanging
    }
}

/// What the load calls for.
package enum OverloadAdvice: Hashable, Sendable {
    case none
    /// Free memory for this many blocks, which queued sequences need and nobody has.
    case drop(missing: BlockCount)
    /// Bring all parameters back.
    case restore
}
