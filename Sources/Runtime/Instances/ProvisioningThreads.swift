internal import Domain
internal import Inference
internal import Synchronization

/// The threads on which instances are made and taken back. What is to be done with one instance is
/// done in the order in which it was asked for.
final class ProvisioningThreads: Sendable {
    private struct State {
        /// By instance: the last thread; each joins the one before it.
        var threads: [WorkerThread?]
        var isClosed = false
    }

    private let state: Mutex<State>

    init(instances: Int) {
        state = Mutex(State(threads: Array(repeating: nil, count: instances)))
    }

    /// Nobody waits for what is being made any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Runs `body` as soon as what was asked for before is done. False if the threads are stopped
    /// or the system gives none.
    func run(_ instance: InstanceID, _ body: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            let before = state.threads[instance.index]
            let thread = WorkerThread(named: "provision-\(instance)") {
                before?.join()
                body()
            }
            guard let thread else { return false }
            state.threads[instance.index] = thread
            return true
        }
    }

    /// Takes nothing more, and waits until what is under way has ended. Never called from one of
    /// the threads.
    func stop() {
        let threads = state.withLock { state in
            state.isClosed = true
            defer { state.threads = state.threads.map { _ in nil } }
            return state.threads
        }
        for thread in threads { thread?.join() }
    }
}
