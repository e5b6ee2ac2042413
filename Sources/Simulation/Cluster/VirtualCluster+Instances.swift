internal import Cluster
internal import Domain
internal import Scheduling

/// Steps and memory changes.
extension VirtualCluster {
    mutating func enqueue(_ run: StageRun) {
        enqueue(.stage(run), on: stage(of: run).instance)
    }

    /// Where a step is.
    private func stage(of run: StageRun) -> GroupStage { formations[run.formation + run.stage] }

    mutating func enqueue(_ job: VirtualInstance.Job, on instance: InstanceID) {
        guard !instances[instance.index].isDead else { return }
        if instances[instance.index].job == nil {
            start(job, on: instance)
        } else {
            instances[instance.index].jobs.append(job)
        }
    }

    private mutating func start(_ job: VirtualInstance.Job, on instance: InstanceID) {
        instances[instance.index].begin(job, at: now)
        if case .stage(let run) = job, run.stageCount > 1 { pipelines.begin(run, at: now) }
        let slowness = faults.slowness(of: instance)
        var time =
            switch job {
            case .stage(let run):
                costs.nanoseconds(of: run.load, in: stage(of: run).range)
            case .change: timeOfChange(on: instance).nanoseconds
            }
        if slowness > 1 { time = (.nanoseconds(time) * slowness).nanoseconds }
        jobClock.set(events.number(now.advanced(byNanoseconds: time)), for: instance)
    }

    private func timeOfChange(on instance: InstanceID) -> Duration {
        guard let change = instances[instance.index].changes.first else { return .zero }
        return costs.time(
            of: change, blockBytes: cell.memories[instance.index].shape.blockBytes)
    }

    mutating func finishJob(of instance: InstanceID) {
        // The clock goes on to the next job, unless there is none.
        defer { if instances[instance.index].job == nil { jobClock.set(nil, for: instance) } }
        guard let job = instances[instance.index].job.take() else { return }
        lastWork = now
        note(job, on: instance)
        if !instances[instance.index].jobs.isEmpty,
            let next = instances[instance.index].jobs.popFirst()
        {
            start(next, on: instance)
        }
        switch job {
        case .stage(let run) where run.isAtLastStage:
            let answer = Input.stepFinished(run.step, of: run.group, sampled: samples(of: run))
            report(answer, from: instance)
        case .stage(let run): handOn(run)
        case .change:
            let failure = faults.failure(of: .memoryChange(of: instance))
            report(.memoryChanged(instance, failure: failure), from: instance)
        }
    }

    /// A job is done: the watches stop.
    private mutating func note(_ job: VirtualInstance.Job, on instance: InstanceID) {
        let start = instances[instance.index].jobStart
        switch job {
        case .stage(let run):
            if run.stageCount > 1 { pipelines.end(run, at: now) }
            log(
                .stage(
                    run.group, stage: run.stage,
                    entries: run.load.promptChunks + run.load.decodes, tokens: run.tokenCount),
                on: instance, since: start)
        case .change:
            _ = instances[instance.index].changes.popFirst()
            log(.memoryChange, on: instance, since: start)
        }
    }

    /// To the next stage, ahead of everything that is not urgent. A step of a group that has lost
    /// a member goes no further: its blocks may be somebody else's by now.
    private mutating func handOn(_ run: StageRun) {
        guard !hasDeadStage(run) else { return }
        var next = run
        next.stage += 1
        next.handedOn = now
        network.send(
            .activation(next), activationBytes(of: run),
            over: .network(from: stage(of: run).instance, to: stage(of: next).instance),
            isUrgent: true, at: now)
    }

    mutating func receive(_ run: StageRun) {
        guard !hasDeadStage(run) else { return }
        let bytes = activationBytes(of: run)
        log(.activation(run.group, bytes), on: stage(of: run).instance, since: run.handedOn)
        enqueue(run)
    }

    private func hasDeadStage(_ run: StageRun) -> Bool {
        formations[run.formation..<run.formation + run.stageCount]
            .contains { instances[$0.instance.index].isDead }
    }

    private func activationBytes(of run: StageRun) -> ByteCount {
        ByteCount(costs.links.activationBytesPerToken * run.tokenCount)
    }
}

// MARK: - Samples

extension VirtualCluster {
    /// A step samples, for each entry that does, the first token that ends nothing: zeros, as long
    /// as nobody stops at a zero.
    mutating func noteSamples(of step: Step) {
        for place in 0..<step.entryCount {
            let entry = step.entry(place)
            guard entry.output.sample, cell.table.isStop(0, of: entry.sequence) else { continue }
            let entries = step.entries.filter(\.output.sample)
            unusualSamples[step.id] = entries.map { sample(of: $0.sequence) }
            return
        }
    }

    private func sample(of sequence: SequenceID) -> TokenID {
        var token: TokenID = 0
        while cell.table.isStop(token, of: sequence) { token = TokenID(token.rawValue + 1) }
        return token
    }

    /// One token for each entry that samples.
    private mutating func samples(of run: StageRun) -> [TokenID] {
        if !unusualSamples.isEmpty, let samples = unusualSamples.removeValue(forKey: run.step) {
            return samples
        }
        while zeros.count < run.sampleCount { zeros.append(0) }
        if zeros.count > run.sampleCount { zeros.removeLast(zeros.count - run.sampleCount) }
        return zeros
    }
}

// MARK: - For people

extension VirtualCluster {
    /// Something on an instance, or on its way there, has just come to its end.
    mutating func log(
        _ kind: @autoclosure () -> Activity.Kind, on instance: InstanceID, since start: Instant
    ) {
        activities?.add(Activity(kind(), on: instance, from: start, to: now), endingAt: now)
    }
}
