package import Domain

/// When an event happens: events of one time come in the order of their numbers.
package struct EventTime: Comparable, Sendable {
    package let time: Instant
    package let number: UInt64

    package static func == (left: Self, right: Self) -> Bool { left.number == right.number }

    package static func < (left: Self, right: Self) -> Bool {
        left.time == right.time ? left.number < right.number : left.time < right.time
    }
}
