package import Domain

/// Something that took time on an instance or on the way to it.
package struct Activity: Hashable, Sendable {
    package var kind: Kind
    /// Where; of what moves, the instance that it goes to, or comes from on its way to the host.
    package var instance: InstanceID
    package var start: Instant
    package var end: Instant

    package enum Kind: Hashable, Sendable {
        /// A stage of a step: which group's, which stage, and how much it computes.
        case stage(GroupID, stage: Int, entries: Int, tokens: TokenCount)
        case memoryChange
        case transfer(SequenceID, ByteCount)
        case load(ByteCount)
        /// What one stage hands on to the next.
        case activation(GroupID, ByteCount)
    }

    package init(_ kind: Kind, on instance: InstanceID, from start: Instant, to end: Instant) {
        self.kind = kind
        self.instance = instance
        self.start = start
        self.end = end
    }
}

/// Activities of a stretch of time, as many as there is room for.
package struct ActivityLog: Sendable {
    /// Which activities are wanted: those that touch it.
    package let window: ClosedRange<Instant>
    package let limit: Int
    package private(set) var activities: [Activity] = []
    /// Activities that there was no room for.
    package private(set) var forgottenCount = 0

    package init(
        window: ClosedRange<Instant> = .zero...Instant(nanoseconds: .max), limit: Int
    ) {
        self.window = window
        self.limit = limit
    }

    package mutating func add(_ activity: @autoclosure () -> Activity, endingAt end: Instant) {
        guard end >= window.lowerBound else { return }
        guard activities.count < limit else {
            forgottenCount += 1
            return
        }
        let activity = activity()
        if activity.start <= window.upperBound { activities.append(activity) }
    }
}
