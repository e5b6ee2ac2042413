package import Domain
internal import HeapModule

/// What is to happen, by time; events of one time come in the order in which they were put in.
package struct EventQueue<Event: Sendable>: Sendable {
    private var heap = Heap<Entry>()
    private var pushed: UInt64 = 0

    package init() {}

    package var isEmpty: Bool { heap.isEmpty }
    /// When the next event happens. Complexity: O(1).
    package var nextTime: Instant? { heap.min?.time.time }
    /// The same with its place among events of one time. Complexity: O(1).
    var next: EventTime? { heap.min?.time }

    /// Complexity: O(log events).
    package mutating func push(_ event: Event, at time: Instant) {
        heap.insert(Entry(time: number(time), event: event))
    }

    /// The place of an event that is kept elsewhere, as if it were put in now.
    mutating func number(_ time: Instant) -> EventTime {
        defer { pushed += 1 }
        return EventTime(time: time, number: pushed)
    }

    /// Takes the next event out. Complexity: O(log events).
    package mutating func pop() -> (time: Instant, event: Event)? {
        heap.popMin().map { ($0.time.time, $0.event) }
    }

    private struct Entry: Comparable, Sendable {
        let time: EventTime
        let event: Event

        static func == (left: Self, right: Self) -> Bool { left.time == right.time }
        static func < (left: Self, right: Self) -> Bool { left.time < right.time }
    }
}
