internal import Domain
internal import NIOCore

/// The monotonic clock of one run: `Instant`s count from its origin.
struct RunClock: Sendable {
    let origin: NIODeadline

    var now: Instant { instant(.now()) }

    func instant(_ deadline: NIODeadline) -> Instant {
        Instant(nanoseconds: (deadline - origin).nanoseconds)
    }

    func deadline(_ instant: Instant) -> NIODeadline {
        origin + .nanoseconds(instant.nanoseconds)
    }
}
