package import Domain
internal import HeapModule

/// What is to happen, by time; events of one time come in the order in which they were put in.
package struct EventQueue<Event: Sendable>: Sendable {
    private var heap = Heap<Entry>()
    private var pushed: UInt64 = 0

    package init() {}

    package var isEmpty: Bool { heap.isEmpty }
    /// When the next event happens. Complexity: O(1).
    package var nextTime: Instant? { heap.min?.time }

    /// Complexity: O(log events).
    package mutating func push(_ event: Event, at time: Instant) {
        heap.insert(Entry(time: time, number: pushed, event: event))
        pushed += 1
    }

    /// Takes the next event out. Complexity: O(log events).
    package mutating func pop() -> (time: Instant, event: Event)? {
        heap.popMin().map { ($0.time, $0.event) }
    }

    private struct Entry: Comparable, Sendable {
        let time: Instant
        let number: UInt64
        let event: Event

        static func == (left: Self, right: Self) -> Bool { left.number == right.number }

        static func < (left: Self, right: Self) -> Bool {
            (left.time, left.number) < (right.time, right.number)
        }
    }
}
