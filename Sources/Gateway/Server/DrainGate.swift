internal import Synchronization

/// Counts the requests being served and lets no more in once draining has begun.
final class DrainGate: Sendable {
    private let state = Mutex(State())

    private struct State {
        var inside = 0
        var isDraining = false
        var isHurried = false
        var waiters: [(Moment, AsyncStream<Never>.Continuation)] = []

        func hasReached(_ moment: Moment) -> Bool {
            switch moment {
            case .draining: isDraining
            case .drained: isHurried || (isDraining && inside == 0)
            }
        }
    }

    enum Moment {
        /// Draining has begun.
        case draining
        /// The last request has left, too, or nobody waits for it any more.
        case drained
    }

    /// Proof of being let in; leaving is letting go of it.
    final class Pass: Sendable {
        private let gate: DrainGate

        fileprivate init(gate: DrainGate) { self.gate = gate }

        deinit { gate.leave() }
    }

    /// `nil` once draining has begun.
    func enter() -> Pass? {
        let entered = state.withLock { state in
            guard !state.isDraining else { return false }
            state.inside += 1
            return true
        }
        return entered ? Pass(gate: self) : nil
    }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Requests being served.
    var inside: Int { state.withLock { $0.inside } }

    func beginDraining() {
        change { state in state.isDraining = true }
    }

    /// Begins draining and stops waiting for the requests inside.
    func giveUp() {
        change { state in
            state.isDraining = true
            state.isHurried = true
        }
    }

    /// Returns at the moment, or when the task is cancelled.
    func wait(for moment: Moment) async {
        let (reached, continuation) = AsyncStream<Never>.makeStream()
        change { state in state.waiters.append((moment, continuation)) }
        for await _ in reached {}
    }

    private func leave() {
        change { state in state.inside -= 1 }
    }

    /// Changes the state and wakes those whose moment has come.
    private func change(_ body: (inout State) -> Void) {
        let released = state.withLock { state -> [AsyncStream<Never>.Continuation] in
            body(&state)
            let current = state
            state.waiters.removeAll { current.hasReached($0.0) }
            return current.waiters.filter { current.hasReached($0.0) }.map(\.1)
        }
        for continuation in released { continuation.finish() }
    }
}
