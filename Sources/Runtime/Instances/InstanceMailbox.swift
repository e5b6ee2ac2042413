internal import Domain

/// What the runtime asks of one instance, in two lanes. *Orders* are carried out in the order in
/// which they were given, so a memory change comes after the steps given before it and before
/// those given after it. *Jobs* are long: they are done in pieces between the orders.
final class InstanceMailbox: Sendable {
    /// Carried out as a whole.
    enum Order: Sendable {
        case step(StepOrder)
        case change(MemoryChange)
        /// Take the last change back.
        case undoChange
        /// The last change stays: tear its old mappings down, in pieces.
        case settleChange
    }

    /// What the instance's thread does next.
    enum Assignment {
        case order(Order)
        /// One piece of the oldest job.
        case piece(any BackgroundJob)
        /// One piece of tearing old mappings down.
        case settlingPiece
    }

    private struct State {
        /// The oldest first. Few: steps in flight and a change.
        var orders: [Order] = []
        /// The oldest first; the thread works on that one.
        var jobs: [any BackgroundJob] = []
        /// A step ran and no piece since: the next one goes before the next step.
        var isPieceDue = false
        var isClosed = false
    }

    private let mode: ExchangeMode
    private let monitor = Monitor(State())

    init(mode: ExchangeMode) {
        self.mode = mode
    }

    /// Never blocks for long. What comes after `close` is dropped.
    func put(_ order: Order) {
        monitor.update { if !$0.isClosed { $0.orders.append(order) } }
    }

    func put(_ job: any BackgroundJob) {
        monitor.update { if !$0.isClosed { $0.jobs.append(job) } }
    }

    /// The next assignment, as soon as there is one; `nil` once the box is closed and has no
    /// orders. For the instance's thread only, which says whether it has mappings to tear down.
    ///
    /// A step waits for one piece at most, and after every step one piece is done if there is
    /// any: neither lane can starve the other. In `blocking` mode jobs go first, to their end.
    func take(isSettling: Bool) -> Assignment? {
        monitor.wait { state in
            let hasPiece = isSettling || !state.jobs.isEmpty
            let isPieceFirst = mode == .blocking || state.isPieceDue || state.orders.isEmpty
            if hasPiece, isPieceFirst, !state.isClosed {
                state.isPieceDue = false
                return .leave(isSettling ? .settlingPiece : .piece(state.jobs[0]))
            }
            if !state.orders.isEmpty {
                let order = state.orders.removeFirst()
                if case .step = order { state.isPieceDue = true }
                return .leave(.order(order))
            }
            return state.isClosed ? .leave(nil) : .sleep
        }
    }

    /// The oldest job has come to its end.
    func removeFirstJob() {
        monitor.update { $0.jobs.removeFirst() }
    }

    /// Nothing more is taken in; orders that are here are still carried out, jobs are not.
    func close() {
        monitor.update { $0.isClosed = true }
    }
}
