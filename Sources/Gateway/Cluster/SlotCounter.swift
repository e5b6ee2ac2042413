internal import Synchronization

/// A bounded number of places for things that are costly to have many of.
final class SlotCounter: Sendable {
    private let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Proof of a place; letting go of it gives the place back.
    final class Slot: Sendable {
        private let counter: SlotCounter

        fileprivate init(counter: SlotCounter) { self.counter = counter }

        deinit { counter.taken.withLock { $0 -= 1 } }
    }

    /// `nil` while all places are taken.
    func take() -> Slot? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Slot(counter: self) : nil
    }
}
