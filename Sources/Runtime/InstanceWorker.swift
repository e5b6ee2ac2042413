internal import Domain
internal import Inference

/// A step on its way to an instance, with what is known of each entry's sequence.
struct StepOrder: Sendable {
    var step: Step
    /// By entry.
    var records: [SequenceRecord]
}

/// What a step produced: one token for each entry that samples, in the order of the entries.
struct StepSamples: Sendable {
    var sequences: [SequenceID] = []
    var tokens: [SampledToken] = []
}

/// The thread of one instance: takes steps one after the other, runs them on its executor and
/// samples.
///
/// - Unchecked: the executor and the sampler belong to the thread that `start` makes.
final class InstanceWorker: @unchecked Sendable {
    private let executor: any StageExecutor
    private var sampler: Sampler
    private let mailbox = Mailbox<StepOrder>()
    private var thread: WorkerThread?

    init(executor: any StageExecutor, sampler: Sampler) {
        self.executor = executor
        self.sampler = sampler
    }

    /// Starts the thread; `finish` hears of every step on it.
    func start(
        finish: @escaping @Sendable (Step, Result<StepSamples, any Error>) -> Void
    ) throws(RuntimeError) {
        thread = WorkerThread(named: "instance") { [self] in
            while let order = mailbox.take() {
                finish(order.step, Result { try run(order) })
            }
        }
        if thread == nil { throw RuntimeError(.noThread, "the system gives no thread") }
    }

    func run(_ step: Step, records: [SequenceRecord]) {
        mailbox.put(StepOrder(step: step, records: records))
    }

    /// Finishes what is in the mailbox and ends the thread.
    func stop() {
        mailbox.close()
        thread?.join()
        thread = nil
    }

    private func run(_ order: StepOrder) throws -> StepSamples {
        var samples = StepSamples()
        try executor.run(order.step, input: nil) { output in
            guard case .logits(let rows) = output else {
                throw RuntimeError(.incompleteStage, "the instance does not hold the LM head")
            }
            take(rows, of: order, into: &samples)
        }
        return samples
    }

    /// Turns rows of logits into tokens and prompt logprobs.
    private func take(_ rows: LogitRows, of order: StepOrder, into samples: inout StepSamples) {
        for index in rows.rows.indices {
            let row = rows.rows[index]
            let entry = order.step.entries[row.entry]
            let record = order.records[row.entry]
            let next = row.position + 1
            if entry.output.promptLogprobs, next < record.request.prompt.count {
                report(next, rows[index], record)
            } else if entry.output.sample, next == entry.firstPosition + entry.tokens.count {
                samples.sequences.append(entry.sequence)
                samples.tokens.append(sample(rows[index], next, record))
            }
        }
        for record in order.records { record.flushPromptLogprobs() }
    }

    private func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, _ position: TokenCount,
        _ record: SequenceRecord
    ) -> SampledToken {
        sampler.sample(
            logits, record.request.sampling, history: record.history ?? TokenHistory(),
            position: position,
            suppressed: record.suppressedTokens)
    }

    /// How likely the prompt's token at `position` was; recomputed positions are not told twice.
    private func report(
        _ position: TokenCount, _ logits: UnsafeMutableBufferPointer<Float>,
        _ record: SequenceRecord
    ) {
        guard position >= record.reportedPromptCount,
            let top = record.request.sampling.promptLogprobs
        else { return }
        record.reportedPromptCount = position + 1
        let token = record.request.prompt[position]
        record.promptLogprobs.append(sampler.promptLogprob(logits, token: token, top: top))
    }
}
