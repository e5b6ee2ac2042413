internal import Cluster
internal import Domain
internal import Inference
internal import Scheduling
internal import Telemetry

/// Carries out the effects of one input, in order.
struct EffectPerformer {
    let runtime: CellRuntime
    /// What the finished step sampled; effects name its sequences in the same order.
    let samples: StepSamples?
    let now: Instant
    /// What has been decided, for people.
    private(set) var decisions: [String] = []
    /// Why the cell does not do what it was asked for.
    private(set) var refusal: String?
    /// Instances that are being started.
    private(set) var started: [InstanceID] = []
    /// Instances that the cell wants started, and why that cannot even be tried.
    private(set) var refusedStarts: [(instance: InstanceID, reason: String)] = []
    /// The next sample to look at.
    private var cursor = 0

    init(runtime: CellRuntime, samples: StepSamples?, now: Instant) {
        self.runtime = runtime
        self.samples = samples
        self.now = now
    }

    mutating func perform(_ effect: Effect, _ state: inout CellRuntime.State) {
        state.outstanding.add(effect)
        switch effect {
        case .runStep(let step): run(step, &state)
        case .accepted(let request, let sequence): accept(request, sequence, &state)
        case .rejected(let request, let reason): reject(request, reason, &state)
        case .started(let sequence, _): record(of: sequence, state).started = now
        case .emit(let sequence, let token): emit(token, of: sequence, state)
        case .finished(let sequence, let reason, let usage):
            finish(record(of: sequence, state), reason, usage)
        case .released(let sequence): state.records[sequence.index] = nil
        case .groupFormed(let group, let stages): state.pipelines.form(group, stages, at: now)
        case .groupDissolved(let group): state.pipelines.dissolve(group)
        case .changeMemory(let instance, let change):
            state.activities[instance.index].changes += 1
            fleet.change(change, on: instance)
        case .undoMemoryChange(let instance): fleet.undoChange(on: instance)
        case .settleMemory(let instance): fleet.settleChange(on: instance)
        case .loadUnits(let instance, let units, let source):
            state.activities[instance.index].loads += 1
            load(units, on: instance, from: source)
        case .transfer(let transfer): fleet.transfer(transfer)
        case .wakeAt(let time): runtime.alarm.set(time)
        case .startInstance(let instance): start(instance)
        case .stopInstance(let instance): fleet.retire(instance)
        case .requestInstances(let count): requestInstances(count)
        case .note(let note): take(note, state)
        }
    }

    private var fleet: InstanceFleet { runtime.fleet }

    private func load(
        _ units: [ParameterUnit], on instance: InstanceID, from source: UnitSource
    ) {
        switch source {
        case .peer(let peer): fleet.load(units, on: instance, fromPeer: peer)
        case .file: fleet.loadFromFiles(units, on: instance)
        }
    }

    private mutating func start(_ instance: InstanceID) {
        if let reason = fleet.provide(instance) {
            refusedStarts.append((instance, reason))
        } else {
            started.append(instance)
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

    private func run(_ step: Step, _ state: inout CellRuntime.State) {
        let records = step.entries.map { record(of: $0.sequence, state) }
        fleet.run(state.pipelines.begin(step, records: records, at: now))
    }
}

// MARK: - Requests

extension EffectPerformer {
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
        runtime.metrics.server.recordRejected(reason)
    }

    private mutating func emit(
        _ token: TokenID, of sequence: SequenceID, _ state: CellRuntime.State
    ) {
        let record = record(of: sequence, state)
        record.generatedCount += 1
        record.history?.append(token)
        if let last = record.lastToken {
            runtime.metrics.recordInterToken(now - last, at: now)
        } else {
            record.firstToken = now
            runtime.metrics.recordFirstToken(after: now - record.arrived, at: now)
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
        runtime.metrics.server.recordFinished(
            reason, timings: timings, usage: usage, preemptions: record.preemptions)
        record.stream.yield(.finished(reason, usage))
        record.stream.finish()
    }
}

// MARK: - Decisions

extension EffectPerformer {
    private mutating func take(_ note: Note, _ state: CellRuntime.State) {
        runtime.metrics.cluster.count(note)
        switch note {
        case .preempted(let sequence, _):
            record(of: sequence, state).preemptions += 1
            runtime.metrics.server.recordPreemption()
        case .cancelledUnknown:
            // Clients leave all the time; the log is for decisions.
            return
        case .dropFinished, .reclaimed, .restoreFinished:
            runtime.metrics.server.set(blockCount: state.cell.presentBlocks)
        case .scaleOut, .instanceJoined, .instanceStartFailed, .instanceStopped, .instanceLost:
            runtime.metrics.cluster.set(state.cell.roster)
            runtime.metrics.server.set(blockCount: state.cell.presentBlocks)
        case .commandRefused(_, let reason): refusal = reason
        default: break
        }
        decisions.append(note.message)
        runtime.log.append(
            kind: note.kind, message: note.message, isAboutSequence: note.isAboutSequence,
            at: now)
    }

    private func requestInstances(_ count: Int) {
        runtime.metrics.cluster.set(requestedInstances: count)
        runtime.log.append(
            kind: "instances_requested",
            message: "the present instances cannot meet the demand: \(count) more are needed",
            at: now)
    }
}
