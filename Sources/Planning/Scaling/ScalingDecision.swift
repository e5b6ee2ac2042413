package import Domain

/// What a scaling policy wants done now.
package enum ScalingDecision: Hashable, Sendable {
    case none
    /// Start so many instances.
    case add(count: Int, InstanceClass, ScalingReason)
    /// Drain an instance and give it back.
    case remove(InstanceID, ScalingReason)
    /// Let an instance serve another class: it is there at once, a new one is not.
    case convert(InstanceID, to: InstanceClass, ScalingReason)
    /// Let an instance that drains take requests again: it is there at once, a new one is not.
    case resume(InstanceID, ScalingReason)
}

/// Why instances come or go. Lists and logs show it.
package enum ScalingReason: Hashable, Sendable {
    /// Fewer than there must be.
    case belowMinimum
    /// A burst on top of the interactive load would find no room: so many are wanted.
    case tooLittleHeadroom(wanted: Int)
    /// More than a burst needs, for as long as the linger.
    case tooMuchHeadroom(wanted: Int)
    /// So many request groups would miss their deadlines.
    case deadlines(groups: Int)
    /// No batch request is left.
    case noBatchWork
    /// Groups merge for want of memory, and so many instances would do in its place.
    case overload(wanted: Int)
    /// An operator wants it.
    case command
    /// The average freeness is below the band.
    case freenessLow
    /// The average freeness would be above the band without it, too.
    case freenessHigh
    /// So many requests wait for memory that no instance in use has.
    case packedFull(waiting: Int)
    /// Packing has left it empty for as long as the linger.
    case leftEmpty
}
