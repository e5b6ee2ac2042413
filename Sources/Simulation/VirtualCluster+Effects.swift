internal import Cluster
internal import Domain
internal import Scheduling

extension VirtualCluster {
    /// Schedules the answer to an effect that has one.
    mutating func perform(_ effect: Effect) {
        switch effect {
        case .runStep(let step): enqueue(.stage(0, step), on: stage(0, of: step).instance)
        case .changeMemory(let instance, let change): enqueue(.change(change), on: instance)
        case .loadUnits(let instance, let units, from: _): load(units, into: instance)
        case .transfer(let transfer): send(transfer)
        case .wakeAt(let time): setAlarm(max(time, now))
        case .accepted, .rejected, .started, .emit, .finished, .released, .groupFormed,
            .groupDissolved, .undoMemoryChange, .settleMemory, .requestInstances, .note:
            break
        }
    }

    mutating func setAlarm(_ time: Instant) {
        alarm = time
        events.push(.alarm, at: time)
    }

    /// What has happened, as an input to the cell.
    mutating func take(_ event: Event) {
        if event != .alarm { lastWork = now }
        switch event {
        case .jobDone(let instance): finishJob(of: instance)
        case .transferred(let transfer): handle(.transferFinished(transfer, failure: nil))
        case .loaded(let instance): handle(.unitsLoaded(instance, failure: nil))
        case .alarm: ring()
        }
    }

    /// A time that has been replaced means nothing any more.
    private mutating func ring() {
        guard alarm == now else { return }
        alarm = nil
        handle(.tick)
    }
}

// MARK: - Instances

extension VirtualCluster {
    private mutating func enqueue(_ job: VirtualInstance.Job, on instance: InstanceID) {
        instances[instance.index].add(job)
        if instances[instance.index].jobs.count == 1 { startJob(of: instance) }
    }

    private mutating func startJob(of instance: InstanceID) {
        guard let job = instances[instance.index].jobs.first else { return }
        events.push(.jobDone(instance), at: now + time(of: job, on: instance))
    }

    private func time(of job: VirtualInstance.Job, on instance: InstanceID) -> Duration {
        switch job {
        case .stage(let index, let step):
            costs.time(of: BatchLoad(step), in: stage(index, of: step).range)
        case .change(let change):
            costs.time(
                of: change, blockBytes: cell.memories[instance.index].shape.blockBytes)
        }
    }

    private mutating func finishJob(of instance: InstanceID) {
        let job = instances[instance.index].finishFirst()
        startJob(of: instance)
        switch job {
        case .stage(let index, let step) where index + 1 < step.stageCount:
            enqueue(.stage(index + 1, step), on: stage(index + 1, of: step).instance)
        case .stage(_, let step): handle(.stepFinished(step, sampled: samples(of: step)))
        case .change: handle(.memoryChanged(instance, failure: nil))
        }
    }

    /// A group with a step in flight is in the cell's table.
    private func stage(_ index: Int, of step: Step) -> GroupStage {
        cell.groups[step.group].stages[index]
    }

    private func samples(of step: Step) -> [TokenID] {
        step.entries.filter(\.output.sample).map { entry in
            let stopTokens = cell.table[entry.sequence].stop.stopTokens
            var token: TokenID = 0
            while stopTokens.contains(token) { token = TokenID(token.rawValue + 1) }
            return token
        }
    }
}

// MARK: - Links

extension VirtualCluster {
    private mutating func load(_ units: [ParameterUnit], into instance: InstanceID) {
        let shape = cell.memories[instance.index].shape
        let pages = units.reduce(0) { $0 + shape.pages(of: $1) }
        let end = occupy(instance.index, with: shape.pageSize * pages)
        events.push(.loaded(instance), at: end)
    }

    /// A transfer is over when its last copy has arrived.
    private mutating func send(_ transfer: Transfer) {
        var end = now
        for copy in transfer.copies {
            let blockBytes = cell.memories[0].shape.blockBytes
            let bytes = blockBytes * (copy.layers.count * copy.sources.count)
            end = max(end, occupy(link(into: copy.to), with: bytes))
        }
        events.push(.transferred(transfer.id), at: end)
    }

    private func link(into place: KVPlace) -> Int {
        switch place {
        case .instance(let instance): instance.index
        case .host: links.count - 1
        }
    }

    /// Takes the link's next free time for so many bytes, and says when they have arrived.
    private mutating func occupy(_ link: Int, with bytes: ByteCount) -> Instant {
        links[link] = max(links[link], now) + costs.time(toCopy: bytes)
        return links[link]
    }
}
