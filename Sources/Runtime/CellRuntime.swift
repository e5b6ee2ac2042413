package import Cluster
package import Domain
package import Inference
internal import Scheduling
internal import Synchronization
package import Telemetry

/// The cell for real: hands inputs to the one `Cell`, carries its effects out on executors and
/// streams, and measures.
///
/// One lock guards the cell and the records, and effects are carried out before it is released:
/// their order is the cell's order, whichever thread delivered the input. Carrying them out is
/// cheap, for steps only go into mailboxes; the arithmetic runs on the instances' own threads.
package final class CellRuntime: Sendable {
    private let state: Mutex<State>
    let workers: [InstanceWorker]
    let metrics: ServerMetrics
    private let lastRequestID = Atomic<UInt64>(0)
    /// Requests whose owner let go of the stream. The system calls us about that while it holds a
    /// lock that every `yield` to the same owner needs, so the notice only goes in here; a request
    /// that lives has a step in flight, and the end of that step takes the notices to the cell.
    private let abandoned = Mutex<[RequestID]>([])

    struct State {
        var cell: Cell
        /// Requests between submission and the cell's answer.
        var submitted: [RequestID: SequenceRecord] = [:]
        /// By sequence slot.
        var records: [SequenceRecord?] = []
        /// Reused between inputs.
        var effects: [Effect] = []
        var prefixQueried: TokenCount = 0
        var prefixHit: TokenCount = 0
    }

    /// - Parameters:
    ///   - configuration: The cell's; one block count per executor.
    ///   - executors: One per instance, each holding the whole model at the start.
    ///   - sampler: Copied to each instance.
    ///   - metrics: Where everything is counted.
    package init(
        configuration: CellConfiguration, executors: sending [any StageExecutor],
        sampler: Sampler, metrics: ServerMetrics
    ) throws(RuntimeError) {
        precondition(executors.count == configuration.blockCounts.count)
        state = Mutex(State(cell: Cell(configuration: configuration)))
        workers = executors.map { InstanceWorker(executor: $0, sampler: sampler) }
        self.metrics = metrics
        for worker in workers {
            try worker.start { [weak self] step, result in self?.finish(step, result) }
        }
    }

    /// Ends every request, lets the steps in flight finish and ends the threads. The last call.
    package func stop() {
        abortAll()
        for worker in workers { worker.stop() }
    }

    package var load: (running: Int, waiting: Int) {
        state.withLock { ($0.cell.runningCount, $0.cell.waitingCount) }
    }

    /// Takes nothing new from now on; what has been accepted goes on.
    package func drain() {
        state.withLock { deliver(.drain, &$0) }
    }
}

// MARK: - Requests

extension CellRuntime {
    package func nextRequestID() -> RequestID {
        RequestID(lastRequestID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Starts one generation. The stream ends after `finished` or `rejected`; letting go of it
    /// cancels the generation.
    package func generate(_ request: GenerationRequest) -> AsyncStream<GenerationEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: GenerationEvent.self)
        continuation.onTermination = { [weak self] reason in
            guard case .cancelled = reason else { return }
            self?.abandoned.withLock { $0.append(request.id) }
        }
        let record = SequenceRecord(request: request, stream: continuation, arrived: Self.now)
        state.withLock { state in
            cancelAbandoned(&state)
            state.submitted[request.id] = record
            deliver(.submitted(request), &state)
        }
        return stream
    }

    /// Ends a generation whose owner wants no more of it; one that has ended is left alone.
    package func cancel(_ request: RequestID, reason: FinishReason = .aborted) {
        state.withLock { deliver(.cancelled(request, reason), &$0) }
    }

    private func cancelAbandoned(_ state: inout State) {
        var requests: [RequestID] = []
        abandoned.withLock { swap(&requests, &$0) }
        for request in requests { deliver(.cancelled(request, .aborted), &state) }
    }

    private func abortAll() {
        let requests = state.withLock { state in
            deliver(.drain, &state)
            return state.records.compactMap { $0?.request.id }
        }
        for request in requests { cancel(request) }
    }
}

// MARK: - Steps

extension CellRuntime {
    private func finish(_ step: Step, _ result: Result<StepSamples, any Error>) {
        state.withLock { state in
            cancelAbandoned(&state)
            switch result {
            case .success(let samples):
                count(step, samples)
                let tokens = samples.tokens.map(\.token)
                deliver(.stepFinished(step, sampled: tokens), &state, samples: samples)
            case .failure(let error):
                deliver(.stepFailed(step, message: String(describing: error)), &state)
            }
        }
    }

    private func count(_ step: Step, _ samples: StepSamples) {
        let decoded = step.entries.count { $0.tokens.count == 1 && $0.output.sample }
        metrics.recordStep(
            promptTokens: step.tokens.count - decoded, generatedTokens: samples.tokens.count)
    }

    /// The one place where the cell is asked: decide, then act, then publish the load.
    private func deliver(_ input: Input, _ state: inout State, samples: StepSamples? = nil) {
        var effects: [Effect] = []
        swap(&effects, &state.effects)
        state.cell.handle(input, at: Self.now, into: &effects)
        var performer = EffectPerformer(runtime: self, samples: samples, now: Self.now)
        for effect in effects { performer.perform(effect, &state) }
        effects.removeAll(keepingCapacity: true)
        swap(&effects, &state.effects)
        publish(&state)
    }

    private func publish(_ state: inout State) {
        let cell = state.cell
        metrics.set(
            running: cell.runningCount, waiting: cell.waitingCount, kvUsage: cell.blockUsage)
        let queried = cell.groups.reduce(0) { $0 + $1.prefixQueriedTokens }
        let hit = cell.groups.reduce(0) { $0 + $1.prefixHitTokens }
        metrics.recordPrefixCache(
            queried: queried - state.prefixQueried, hit: hit - state.prefixHit)
        state.prefixQueried = queried
        state.prefixHit = hit
    }

    /// Time since the process began to care.
    static var now: Instant { .zero + origin.duration(to: .now) }
    private static let origin = ContinuousClock.now
}
