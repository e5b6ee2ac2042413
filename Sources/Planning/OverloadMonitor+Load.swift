package import Domain

/// The KV of a cell at one moment, over all its groups.
package struct OverloadLoad: Hashable, Sendable {
    /// What running sequences hold, and those need that wait for blocks.
    package var demand: BlockCount
    /// What there is now.
    package var capacity: BlockCount
    package var used: BlockCount
    /// What those sequences need that wait for blocks. Where sequences wait for room in a step,
    /// memory is not what is short, and pipelines would only make it worse.
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
    /// Free memory for `missing` blocks, which queued sequences need and nobody has (below zero:
    /// so many are free still), and for `expected` ones beyond them as far as it is cheap.
    case drop(missing: BlockCount, expected: BlockCount)
    /// Bring all parameters back.
    case restore
}
