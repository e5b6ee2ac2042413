internal import Domain
internal import Synchronization

/// The last rare decisions, numbered from 1 in the order in which they were taken.
///
/// Decisions about single sequences come in hundreds during an overload; they have a ring of their
/// own, so that they never push out what was decided about groups.
final class EventLog: Sendable {
    private struct State {
        var count: UInt64 = 0
        var groups: Ring
        var sequences: Ring
    }

    /// The last events of a kind, the oldest making room for the newest.
    private struct Ring {
        let capacity: Int
        private var events: [ClusterEvent] = []
        /// Where the oldest lies once the ring is full.
        private var first = 0

        init(capacity: Int) {
            precondition(capacity > 0)
            self.capacity = capacity
        }

        mutating func append(_ event: ClusterEvent) {
            if events.count < capacity {
                events.append(event)
            } else {
                events[first] = event
                first = (first + 1) % capacity
            }
        }

        func events(after number: UInt64) -> [ClusterEvent] {
            (events[first...] + events[..<first]).filter { $0.number > number }
        }
    }

    private let state: Mutex<State>

    /// - Parameter capacity: of each ring.
    init(capacity: Int = 1000) {
        state = Mutex(
            State(groups: Ring(capacity: capacity), sequences: Ring(capacity: capacity)))
    }

    /// Notes one decision.
    func append(
        kind: String, message: String, isAboutSequence: Bool = false, at time: Instant
    ) {
        state.withLock { state in
            state.count += 1
            let event = ClusterEvent(
                number: state.count, time: time - .zero, kind: kind, message: message)
            if isAboutSequence {
                state.sequences.append(event)
            } else {
                state.groups.append(event)
            }
        }
    }

    /// The events that are still here with a number above `number`, in order. Complexity:
    /// O(capacity).
    func events(after number: UInt64) -> [ClusterEvent] {
        let both = state.withLock {
            $0.groups.events(after: number) + $0.sequences.events(after: number)
        }
        return both.sorted { $0.number < $1.number }
    }
}
