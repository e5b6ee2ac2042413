internal import Domain
internal import Planning
internal import Scheduling

/// How many sequences each instance runs at once, where that follows the latency objectives
/// (`--autoscale chiron`): every instance has a pace of its own, and a group goes at that of its
/// first member.
extension Cell {
    /// Paces are taken note of, whether or not batches follow them.
    private var isPacing: Bool { isRoutingByClass }

    /// The most sequences that run at once on each member of a group, where nothing controls it.
    var fixedBatchSize: Int {
        let most = configuration.scheduler.maxRunning
        return min(configuration.autoscaling.staticBatchSize ?? most, most)
    }

    static func paces(_ configuration: CellConfiguration) -> [InstancePace] {
        guard configuration.autoscaling.policy == .chiron else { return [] }
        return configuration.instances.map { _ in
            InstancePace(configuration.autoscaling, at: .zero)
        }
    }

    private func pacer(of group: GroupID) -> Int { groups[group].stages[0].instance.index }

    /// Sequences that each member of the group runs at once now.
    func batchSize(of group: GroupID) -> Int {
        batchSize(of: groups[group].stages[0].instance)
    }

    func batchSize(of instance: InstanceID) -> Int {
        guard configuration.autoscaling.controlsBatchSize else { return fixedBatchSize }
        return min(paces[instance.index].batchSize, configuration.scheduler.maxRunning)
    }

    /// Tokens of those that the group runs come later than is owed.
    func isLate(_ group: GroupID) -> Bool {
        isPacing && !groups[group].running.isEmpty && paces[pacer(of: group)].isLate
    }

    /// A new instance goes at the pace of the first that is there.
    mutating func copyPace(to instance: InstanceID) {
        guard isPacing else { return }
        let others = paces.indices.filter {
            $0 != instance.index && roster.isPresent(InstanceID(index: $0))
        }
        guard let first = others.first else { return }
        paces[instance.index] = paces[first].copy(at: time)
    }
}

// MARK: - What was seen

extension Cell {
    /// A step has ended, and its outcomes are not booked yet.
    mutating func noteStep(of group: GroupID) {
        for outcome in outcomes {
            switch outcome {
            case .generated(let id, _): noteToken(of: id, in: group)
            case .ended(let id, _, _):
                noteToken(of: id, in: group)
                answerLengths.note(table[id].generatedCount)
            case .left: continue
            }
        }
        guard isPacing else { return }
        let isFull = isBatchFull(group)
        let wants = groups[group].waitingCount > 0 || !batchQueue.isEmpty && lends(group)
        paces[pacer(of: group)].noteStep(
            isFull: isFull, isSaturated: isFull || wants,
            hasPrompts: groups[group].lastPromptCount > 0)
    }

    private mutating func noteToken(of id: SequenceID, in group: GroupID) {
        let last = services[id.index].lastToken
        services[id.index].lastToken = time
        guard isPacing else { return }
        paces[pacer(of: group)].noteToken(
            after: last.map { time - $0 }, besidePrompts: groups[group].lastPromptCount > 0)
    }

    /// Whether the group runs as many as it may, of those that may come.
    private func isBatchFull(_ group: GroupID) -> Bool {
        let seated = groups[group].seatedCount
        let isLent = !batchQueue.isEmpty && lends(group) && seated >= lentSeats(of: group)
        return isLent || seated >= groups[group].maxRunning
    }
}

// MARK: - What follows

extension Cell {
    /// Whose objective the group goes by, and how many run: interactive requests' as soon as one of
    /// them is there. Batch requests that have no seat any more make room.
    mutating func setPace(of group: GroupID, _ effects: inout [Effect]) {
        guard isPacing else { return }
        paces[pacer(of: group)].note(
            hasInteractive: tally(of: group).interactive > 0,
            isOnlyBatch: instanceClass(of: group) == .batch, at: time)
        let size = batchSize(of: group)
        guard groups[group].batchLimit != size else { return }
        let isMore = size > groups[group].batchLimit
        groups[group].batchLimit = size
        if isMore { plan(group, &effects) }
        if paces[pacer(of: group)].isInteractive { makeRoom(in: group, &effects) }
    }

    /// Decides the sizes anew where it is time. Complexity: O(sequences that run), once for each
    /// `batchInterval`.
    mutating func tickPaces(_ effects: inout [Effect]) {
        guard isPacing, time >= nextPaceTick else { return }
        let interval = configuration.autoscaling.batchInterval
        nextPaceTick = time + interval
        for group in groups.ids where groups[group].isRunning {
            let limits = batchLimits(of: group)
            paces[pacer(of: group)].tick(limits, interval: interval * 0.9, at: time)
            setPace(of: group, &effects)
        }
    }

    private func batchLimits(of group: GroupID) -> BatchLimits {
        let wanted = paces[pacer(of: group)].isInteractive ? ServiceClass.interactive : .batch
        var objective: Duration?
        for id in groups[group].running where services[id.index].objective.serviceClass == wanted {
            let own = services[id.index].objective.interTokenLatency
            objective = min(objective ?? own, own)
        }
        let blocks = groups[group].pool.capacity(stores)
        return BatchLimits(
            objective: objective ?? ServiceLevelObjective(wanted).interTokenLatency,
            mostRunning: configuration.scheduler.maxRunning,
            capacity: blocks * configuration.scheduler.blockSize / groups[group].stages.count,
            tokensPerRequest: promptLengths.mean + answerLengths.mean)
    }
}
