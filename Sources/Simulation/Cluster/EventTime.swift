package import Domain

/// When an event happens: events of one time come in the order of their numbers.
package struct EventTime: Comparable, Sendable {
    package let time: Instant
    package let number: UInt64

    package static func == (left: Self, right: Self) -> Bool { left.number == right.number }

    package static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    /// Both in one number, which takes one comparison and no branch.
    private var order: Int128 { Int128(time.nanoseconds) << 64 | Int128(number) }
}
