internal import Domain
internal import Inference
internal import Synchronization

/// The thread of one instance. It owns the executor and the sampler: steps, memory changes and
/// copies into its memory all happen here, one after the other.
///
/// - Unchecked: what is not a constant belongs to the thread that `start` makes; `account` has its
///   own lock.
final class InstanceWorker: @unchecked Sendable {
    let instance: InstanceID
    let mailbox: InstanceMailbox
    /// Addresses in the executor's memory, for others to copy from.
    let memory: InstanceMemoryView
    let executor: any StageExecutor
    private var sampler: Sampler
    private let surroundings: Surroundings
    private var sizer = PieceSizer()
    private var stageClock = StageClock()
    /// Whether old mappings of the last change are still to be torn down.
    private var isSettling = false
    private let latestAccount: Mutex<MemoryAccount>
    private var thread: WorkerThread?

    /// What all workers share.
    struct Surroundings: Sendable {
        var mode: ExchangeMode
        var activations: ActivationPool
        var metrics: FleetMetrics
    }

    /// Where steps go next, where bytes come from, and who hears of it.
    struct Links: Sendable {
        var transport: any StageTransport
        var report: Report.Sink
    }

    init(
        _ instance: InstanceID, executor: any StageExecutor, sampler: Sampler,
        surroundings: Surroundings
    ) {
        self.instance = instance
        self.executor = executor
        self.sampler = sampler
        self.surroundings = surroundings
        mailbox = InstanceMailbox(mode: surroundings.mode)
        memory = executor.memoryView
        latestAccount = Mutex(MemoryAccount(executor))
    }

    /// Starts the thread.
    func start(_ links: Links) throws(RuntimeError) {
        thread = WorkerThread(named: "instance-\(instance)") { [self] in
            while let next = mailbox.take(isSettling: isSettling) { carryOut(next, links) }
        }
        if thread == nil { throw RuntimeError(.noThread, "the system gives no thread") }
    }

    /// Carries out the orders that are in the mailbox, leaves jobs undone and ends the thread.
    func stop() {
        mailbox.close()
        thread?.join()
        thread = nil
    }

    /// What the memory holds, as of the last change.
    var account: MemoryAccount { latestAccount.withLock { $0 } }

    private func carryOut(
        _ assignment: InstanceMailbox.Assignment, _ links: Links
    ) {
        switch assignment {
        case .order(.step(let order)): run(order, links)
        case .order(.change(let change)): apply(change, links)
        case .order(.undoChange): undoChange()
        case .order(.settleChange): isSettling = true
        case .settlingPiece: settleSome()
        case .piece(let job): runPiece(of: job, links)
        }
    }

    private func publishAccount() {
        let account = MemoryAccount(executor)
        latestAccount.withLock { $0 = account }
    }
}

// MARK: - Steps

extension InstanceWorker {
    private func run(_ order: StepOrder, _ links: Links) {
        let start = CellRuntime.now
        var next: StepOrder?
        let result = Result { try runStage(of: order, next: &next) }
        measure(order, from: start, to: CellRuntime.now)
        if let activation = order.activation { surroundings.activations.recycle(activation) }
        if let next, case .success = result {
            links.transport.send(next)
        } else {
            links.report(.stepEnded(order, result))
        }
    }

    /// Runs the present stage: what it hands on becomes `next`, or its logits become samples.
    private func runStage(
        of order: StepOrder, next: inout StepOrder?
    ) throws -> StepSamples {
        var samples = StepSamples()
        try executor.run(
            order.step, stage: order.stage, range: order.range, input: order.activation?.values
        ) { output in
            switch output {
            case .hidden(let values) where !order.isAtLastStage:
                next = order.advanced(with: surroundings.activations.copy(values))
            case .logits(let rows) where order.isAtLastStage:
                sampler.take(rows, of: order, into: &samples)
            case .hidden, .logits:
                throw RuntimeError(
                    .incompleteStage, "stage \(order.stage) is not the one its group says it is")
            }
        }
        if next == nil, !order.isAtLastStage {
            throw RuntimeError(.incompleteStage, "stage \(order.stage) handed nothing on")
        }
        return samples
    }

    private func measure(_ order: StepOrder, from start: Instant, to end: Instant) {
        sizer.record(stage: end - start)
        guard order.route.stages.count > 1 else { return }
        let bubble = stageClock.bubble(before: order, at: start)
        stageClock.end(order, at: end)
        surroundings.metrics.record(stage: order.stage, busy: end - start, bubble: bubble)
    }
}

// MARK: - Memory and copies

extension InstanceWorker {
    private func apply(_ change: MemoryChange, _ links: Links) {
        // What is left of the last change's mappings goes when this one has been decided on.
        isSettling = false
        var failure: String?
        do {
            try executor.apply(change)
        } catch {
            failure = String(describing: error)
        }
        publishAccount()
        links.report(.memoryChanged(instance, failure: failure))
    }

    private func undoChange() {
        executor.undoChange()
        isSettling = true
        publishAccount()
    }

    private func settleSome() {
        let pages = surroundings.mode == .blocking ? .max : sizer.pages
        let start = CellRuntime.now
        isSettling = !executor.settle(pages: pages)
        sizer.record(pages: pages, settledIn: CellRuntime.now - start)
        if !isSettling { publishAccount() }
    }

    /// More bytes than any job has.
    private static let everything = ByteCount(1 << 60)

    private func runPiece(of job: any BackgroundJob, _ links: Links) {
        let limit = surroundings.mode == .blocking ? Self.everything : sizer.piece
        var tools = PieceTools(executor: executor, links: links, limit: limit)
        let start = CellRuntime.now
        let isAtEnd = job.runPiece(&tools)
        sizer.record(tools.copied, copiedIn: CellRuntime.now - start)
        surroundings.metrics.record(copied: tools.copied)
        if isAtEnd {
            mailbox.remove(job)
            publishAccount()
        }
    }
}
