internal import Domain

/// What the runtime asks of one instance, in two lanes. *Orders* are carried out in the order in
/// which they were given, so a memory change comes after the steps given before it and before
/// those given after it. *Jobs* are long: they are done in pieces between the orders, those for
/// which somebody stands still before the others.
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
        /// One piece of the first job.
        case piece(any BackgroundJob)
        /// One piece of tearing old mappings down.
        case settlingPiece
    }

    private struct State {
        /// The oldest first. Few: steps in flight and a change.
        var orders: [Order] = []
        /// The urgent ones first, and of each kind the oldest; the thread works on the first.
        var jobs: [any BackgroundJob] = []
        /// How many of the jobs are urgent.
        var urgentCount = 0
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

    func put(_ job: any BackgroundJob, isUrgent: Bool = false) {
        monitor.update { state in
            guard !state.isClosed else { return }
            state.jobs.insert(job, at: isUrgent ? state.urgentCount : state.jobs.count)
            if isUrgent { state.urgentCount += 1 }
        }
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

    /// A job has come to its end. More urgent ones may have gone before it meanwhile.
    func remove(_ job: any BackgroundJob) {
        monitor.update { state in
            guard let place = state.jobs.firstIndex(where: { $0 === job }) else { return }
            state.jobs.remove(at: place)
            if place < state.urgentCount { state.urgentCount -= 1 }
        }
    }

    /// Nothing more is taken in; orders that are here are still carried out, jobs are not.
    func close() {
        monitor.update { $0.isClosed = true }
    }
}
