internal import Domain
internal import Inference

/// A thread that calls once when the earliest of the times it was given has come.
final class AlarmClock: Sendable {
    private struct State {
        /// The only one kept: whoever wakes at it asks for the later ones again.
        var deadline: Instant?
        var isClosed = false
        var thread: WorkerThread?
    }

    private let monitor = Monitor(State())

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - now: The clock that the times are of.
    ///   - ring: Called on the clock's thread.
    func start(
        now: @escaping @Sendable () -> Instant, ring: @escaping @Sendable () -> Void
    ) throws(RuntimeError) {
        let monitor = monitor
        let thread = WorkerThread(named: "alarm") {
            while Self.waitForDeadline(monitor, now) { ring() }
        }
        guard let thread else { throw RuntimeError(.noThread, "the system gives no thread") }
        monitor.update { $0.thread = thread }
    }

    /// Rings at `time`, unless a ring is due before.
    func set(_ time: Instant) {
        monitor.update { $0.deadline = min($0.deadline ?? time, time) }
    }

    /// Rings no more and ends the thread; never called from it.
    func stop() {
        var thread: WorkerThread?
        monitor.update { state in
            state.isClosed = true
            thread = state.thread.take()
        }
        thread?.join()
    }

    /// False once the clock is stopped.
    private static func waitForDeadline(
        _ monitor: Monitor<State>, _ now: () -> Instant
    ) -> Bool {
        monitor.wait { state in
            if state.isClosed { return .leave(false) }
            guard let deadline = state.deadline else { return .sleep }
            let rest = deadline - now()
            guard rest <= .zero else { return .sleepFor(rest) }
            state.deadline = nil
            return .leave(true)
        }
    }
}
