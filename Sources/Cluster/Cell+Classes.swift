package import Domain
internal import Planning
internal import Scheduling

/// Instances for interactive requests, for batch requests, and for both (Chiron §3).
extension Cell {
    /// Instances have classes, and requests go by them.
    var isRoutingByClass: Bool { configuration.autoscaling.policy == .chiron }

    /// Batch requests in the queue of the cell.
    package var waitingBatchCount: Int { batchQueue.count }

    /// What an instance that is there is for, and how many requests it runs at once; `nil` where
    /// instances have no classes.
    package func service(of instance: InstanceID) -> InstanceSnapshot.Service? {
        guard isRoutingByClass else { return nil }
        return InstanceSnapshot.Service(
            roster.classes[instance.index], batchSize: batchSize(of: instance))
    }

    /// What a group is for: what all of its members are for, or else both.
    func instanceClass(of group: GroupID) -> InstanceClass {
        let stages = groups[group].stages
        let first = roster.classes[stages[0].instance.index]
        return stages.allSatisfy { roster.classes[$0.instance.index] == first } ? first : .mixed
    }

    func serves(_ group: GroupID, _ service: ServiceClass) -> Bool {
        !isRoutingByClass || instanceClass(of: group).serves(service)
    }

    /// Those of some groups that serve a sequence's class; all where none does, for it has to run
    /// somewhere.
    func serving(_ id: SequenceID, among candidates: [GroupID]) -> [GroupID] {
        guard isRoutingByClass else { return candidates }
        let service = services[id.index].objective.serviceClass
        let fit = candidates.filter { serves($0, service) }
        return fit.isEmpty ? candidates : fit
    }

    func serves(_ group: GroupID, _ id: SequenceID) -> Bool {
        !isRoutingByClass || serves(group, services[id.index].objective.serviceClass)
    }

    /// Where an interactive request goes: of the instances of its own class, and then of mixed
    /// ones, to that with the most interactive requests which has room for one more, in its steps
    /// too, and keeps to the latency it owes. So few instances are busy, and a burst spreads.
    /// Where there is no such, to the freest. Complexity: O(groups).
    func interactiveChoice(_ tokens: TokenCount) -> GroupID? {
        let size = packedSize(tokens)
        var packed: (rank: (Int, Int), group: GroupID)?
        var freest: (freeness: Double, group: GroupID)?
        for group in groups.ids {
            guard let load = view[group], !load.isDraining, serves(group, .interactive) else {
                continue
            }
            let freeness = load.freenessForArrivals
            if freeness > freest?.freeness ?? -.infinity { freest = (freeness, group) }
            guard hasRoom(for: size, load) else { continue }
            let own = instanceClass(of: group) == .interactive ? 1 : 0
            let rank = (own, tally(of: group).interactive)
            if packed.map({ rank > $0.rank }) ?? true { packed = (rank, group) }
        }
        return packed?.group ?? freest?.group
    }

    /// Whether an interactive request would run at once, if need be in the place of batch requests.
    private func hasRoom(for size: BlockCount, _ load: GroupLoad) -> Bool {
        let seated = tally(of: load.group).interactive
        let spare = Int(Double(load.totalBlocks) * (1 - configuration.autoscaling.lentShare))
        let isBusy = load.waiting > 0 || groups[load.group].isStepFull
        return !isBusy && !isLate(load.group) && seated < groups[load.group].maxRunning
            && load.freeBlocks + load.lentBlocks >= size + spare
    }
}
