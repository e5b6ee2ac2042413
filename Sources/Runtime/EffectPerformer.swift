internal import Cluster
internal import Domain
internal import Inference
internal import Telemetry

/// Carries out the effects of one input, in order.
struct EffectPerformer {
    let runtime: CellRuntime
    /// What the finished step sampled; effects name its sequences in the same order.
    let samples: StepSamples?
    let now: Instant
    /// The next sample to look at.
    private var cursor = 0

    init(runtime: CellRuntime, samples: StepSamples?, now: Instant) {
        self.runtime = runtime
        self.samples = samples
        self.now = now
    }

    mutating func perform(_ effect: Effect, _ state: inout CellRuntime.State) {
        switch effect {
        case .runStep(let step): run(step, state)
        case .accepted(let request, let sequence): accept(request, sequence, &state)
        case .rejected(let request, let reason): reject(request, reason, &state)
        case .started(let sequence, _): record(of: sequence, state).started = now
        case .emit(let sequence, let token): emit(token, of: sequence, state)
        case .finished(let sequence, let reason, let usage):
            finish(record(of: sequence, state), reason, usage)
        case .released(let sequence): state.records[sequence.index] = nil
        case .note(let note): take(note, state)
        }
    }

    private func record(
        of sequence: SequenceID, _ state: CellRuntime.State
    ) -> SequenceRecord {
        guard let record = state.records[sequence.index] else {
            preconditionFailure("no record of sequence \(sequence)")
        }
        return record
    }

    /// Each instance is a group of one: the group's index is the instance's.
    private func run(_ step: Step, _ state: CellRuntime.State) {
        let records = step.entries.map { record(of: $0.sequence, state) }
        runtime.workers[step.group.index].run(step, records: records)
    }

    private func accept(
        _ request: RequestID, _ sequence: SequenceID, _ state: inout CellRuntime.State
    ) {
        if sequence.index == state.records.count { state.records.append(nil) }
        state.records[sequence.index] = state.submitted.removeValue(forKey: request)
    }

    private func reject(
        _ request: RequestID, _ reason: RejectReason, _ state: inout CellRuntime.State
    ) {
        let record = state.submitted.removeValue(forKey: request)
        record?.stream.yield(.rejected(reason))
        record?.stream.finish()
        runtime.metrics.recordRejected(reason)
    }

    private mutating func emit(
        _ token: TokenID, of sequence: SequenceID, _ state: CellRuntime.State
    ) {
        let record = record(of: sequence, state)
        record.generatedCount += 1
        record.history?.append(token)
        if let last = record.lastToken {
            runtime.metrics.recordInterToken(now - last)
        } else {
            record.firstToken = now
            runtime.metrics.recordFirstToken(after: now - record.arrived)
        }
        record.lastToken = now
        record.stream.yield(.tokens([sample(of: sequence)]))
    }

    /// Sequences come in the order of the samples, so one pass over them finds all.
    private mutating func sample(of sequence: SequenceID) -> SampledToken {
        guard let samples else { preconditionFailure("a token without a step") }
        while samples.sequences[cursor] != sequence { cursor += 1 }
        return samples.tokens[cursor]
    }

    private func finish(
        _ record: SequenceRecord, _ reason: FinishReason, _ usage: GenerationUsage
    ) {
        let started = record.started ?? now
        let first = record.firstToken ?? now
        let timings = RequestTimings(
            queued: started - record.arrived,
            prefill: first - started,
            decode: (record.lastToken ?? now) - first
        )
        runtime.metrics.recordFinished(
            reason, timings: timings, usage: usage, preemptions: record.preemptions)
        record.stream.yield(.finished(reason, usage))
        record.stream.finish()
    }

    private func take(_ note: Note, _ state: CellRuntime.State) {
        switch note {
        case .preempted(let sequence, _):
            record(of: sequence, state).preemptions += 1
            runtime.metrics.recordPreemption()
        case .cancelledUnknown:
            break
        }
    }
}
