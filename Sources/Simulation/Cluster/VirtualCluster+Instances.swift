internal import Cluster
internal import Domain
internal import Scheduling

/// Steps and memory changes.
extension VirtualCluster {
    mutating func enqueue(_ run: StageRun) { enqueue(.stage(run), on: run.instance) }

    mutating func enqueue(_ job: VirtualInstance.Job, on instance: InstanceID) {
        guard !instances[instance.index].isDead else { return }
        instances[instance.index].jobs.append(job)
        if instances[instance.index].jobs.count == 1 { startJob(of: instance) }
    }

    private mutating func startJob(of instance: InstanceID) {
        guard let job = instances[instance.index].jobs.first else { return }
        if case .stage(let run) = job { pipelines.begin(run.stage, of: run.step, at: now) }
        instances[instance.index].jobStart = now
        events.push(.jobDone(instance), at: now + time(of: job, on: instance))
    }

    private func time(of job: VirtualInstance.Job, on instance: InstanceID) -> Duration {
        let time =
            switch job {
            case .stage(let run):
                costs.time(of: BatchLoad(run.step), in: run.stages[run.stage].range)
            case .change(let change):
                costs.time(
                    of: change, blockBytes: cell.memories[instance.index].shape.blockBytes)
            }
        let slowness = faults.slowness(of: instance)
        return slowness > 1 ? time * slowness : time
    }

    mutating func finishJob(of instance: InstanceID) {
        guard let job = instances[instance.index].jobs.popFirst() else { return }
        lastWork = now
        note(job, on: instance)
        startJob(of: instance)
        switch job {
        case .stage(let run) where run.isAtLastStage:
            report(.stepFinished(run.step, sampled: samples(of: run.step)), from: instance)
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
            let step = run.step
            pipelines.end(run.stage, of: step, at: now)
            if run.isAtLastStage { pipelines.finish(step, at: now) }
            log(
                .stage(
                    step.group, stage: run.stage, entries: step.entries.count,
                    tokens: step.tokens.count),
                on: instance, since: start)
        case .change: log(.memoryChange, on: instance, since: start)
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
            .activation(next), activationBytes(of: run.step),
            over: .network(from: run.instance, to: next.instance), isUrgent: true, at: now)
    }

    mutating func receive(_ run: StageRun) {
        guard !hasDeadStage(run) else { return }
        let bytes = activationBytes(of: run.step)
        log(.activation(run.step.group, bytes), on: run.instance, since: run.handedOn)
        enqueue(run)
    }

    private func hasDeadStage(_ run: StageRun) -> Bool {
        run.stages.contains { instances[$0.instance.index].isDead }
    }

    private func activationBytes(of step: Step) -> ByteCount {
        ByteCount(costs.links.activationBytesPerToken * step.tokens.count)
    }

    /// The first token that ends nothing, for each entry that samples. The array serves step after
    /// step: whoever got it last has let go of it.
    private mutating func samples(of step: Step) -> [TokenID] {
        sampled.removeAll(keepingCapacity: true)
        for entry in step.entries where entry.output.sample {
            sampled.append(sample(of: entry.sequence))
        }
        return sampled
    }

    private func sample(of sequence: SequenceID) -> TokenID {
        guard cell.table.contains(sequence) else { return 0 }
        let ends = cell.table.stop(of: sequence).stopTokens
        var token: TokenID = 0
        while ends.contains(token) { token = TokenID(token.rawValue + 1) }
        return token
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
