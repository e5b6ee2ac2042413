internal import Domain
internal import Planning
internal import Scheduling

/// How many instances there are (`--autoscaling-policy`): the policy sees the cell at its own
/// interval, and the cell carries out what is possible.
extension Cell {
    mutating func scale(_ now: Instant, _ effects: inout [Effect]) {
        guard let look = autoscaler?.nextLook, now >= look else { return }
        var view = scalingView()
        view.leftEmpty = instancesLeftEmpty(at: now)
        let decision =
            autoscaler?.decide(view, batchQueue.backlog, answerLengths, at: now) ?? .none
        let before = effects.count
        switch decision {
        case .none: break
        case .add(let count, let type, let reason):
            startInstances(count, as: type, reason, now, &effects)
        case .remove(let instance, let reason): startLeaving(instance, reason, now, &effects)
        case .convert(let instance, let type, let reason):
            convert(instance, to: type, reason, &effects)
        case .resume(let instance, let reason): callOffLeaving(instance, reason, &effects)
        }
        // What cannot be carried out, as long as nothing changes, is no reason to look again.
        let isCalm = effects.count == before && isIdle && roster.isSettled
        autoscaler?.noteLook(isCalm: isCalm, at: now)
    }

    /// What the policy sees: who serves, drains and starts. Whom an operator drains is nobody's
    /// capacity and is not called back. Complexity: O(instances + stages).
    mutating func scalingView() -> ScalingView {
        updateView()
        let loadTime = autoscaler?.loadTime ?? .zero
        let loads = scalableLoads
        var scaling = ScalingView(
            instances: [], loadTime: loadTime, batchTokensPerSecond: batchInstanceRate,
            startable: roster.nextToStart(memories.count, isLost: isLost).count)
        let leaving = Set(roster.leaving.map { groups[$0].stages[0].instance })
        let retired = Set(groups.ids.filter { isRetired($0) }.map { groups[$0].stages[0].instance })
        for index in memories.indices where !isLost[index] {
            let instance = InstanceID(index: index)
            let phase: ScalableInstance.Phase
            switch roster.presences[index] {
            case .absent: continue
            case .starting(let since): phase = .starting(ready: since + loadTime)
            case .present where retired.contains(instance): continue
            case .present: phase = leaving.contains(instance) ? .draining : .serving
            }
            scaling.instances.append(
                ScalableInstance(
                    instance, roster.classes[index], phase,
                    batchSize: interactiveSize(of: index),
                    tokensPerSecond: tokensPerSecond(of: index),
                    load: loads[index]))
        }
        return scaling
    }

    /// An operator drains the group's instance, or has.
    private func isRetired(_ group: GroupID) -> Bool {
        groups[group].stages.count == 1 && !groups[group].isAccepting && !isChanging(group)
            && !collapsing.contains(group) && !roster.leaving.contains(group)
    }

    /// Nothing where parameters are dropped, for there no batch request begins.
    private func tokensPerSecond(of index: Int) -> Double? {
        guard !paces.isEmpty else { return nil }
        let isDropped =
            groups.hasPipeline && configuration.overloadPolicy != .staticPipeline
            && groups.ids.contains {
                groups[$0].isPipeline && isMember(InstanceID(index: index), of: $0)
            }
        return isDropped ? 0 : paces[index].fullRate
    }

    /// Tokens per second of a batch instance, in the mean over those that were ever full.
    private var batchInstanceRate: Double? {
        let rates = paces.indices.filter { roster.classes[$0] == .batch }
            .compactMap { paces[$0].fullRate }
        return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }

    /// Interactive requests that an instance runs at once.
    private func interactiveSize(of index: Int) -> Int {
        guard configuration.autoscaling.controlsBatchSize else { return fullBatchSize }
        return min(paces[index].scalingSize, configuration.scheduler.maxRunning)
    }

    /// By instance: its part of what its groups run. Where old groups and a new one share it, the
    /// new one tells what is free.
    private var scalableLoads: [ScalableInstance.Load?] {
        var loads: [ScalableInstance.Load?] = Array(repeating: nil, count: memories.count)
        for id in groups.ids where !collapsing.contains(id) {
            guard let load = view[id] else { continue }
            for (place, stage) in groups[id].stages.enumerated() {
                let before = loads[stage.instance.index]
                var part = before ?? ScalableInstance.Load()
                let batch = isRoutingByClass ? tally(of: id).batch : 0
                let all = load.running + load.waiting
                let interactive = isRoutingByClass ? tally(of: id).interactive : all
                let running = min(interactive, load.running)
                part.interactiveRunning += (running + place) / load.members
                part.interactiveWaiting += (interactive - running + place) / load.members
                part.batchRunning += (batch + place) / load.members
                if before == nil || !load.isDraining { part.freeness = stepsLeft(load) }
                loads[stage.instance.index] = part
            }
        }
        return loads
    }

    /// Steps that a group's sequences can go on for; whether it takes others does not matter.
    private func stepsLeft(_ load: GroupLoad) -> Double {
        guard load.running + load.waiting > 0 else { return .infinity }
        var open = load
        open.isDraining = false
        return open.freeness * Double(configuration.scheduler.blockSize)
    }

    /// Sequences that an instance runs at once: as many as it may, or as many of the present mean
    /// size as it has blocks for (own choice; Chiron's local batch sizes stay below both).
    private var fullBatchSize: Int {
        let most = fixedBatchSize
        let (running, used) = (runningCount, view.total.usedBlocks)
        guard running > 0, used > 0 else { return max(1, most) }
        let present = max(1, roster.presences.count { $0 == .present })
        return max(1, min(most, undroppedCapacity / present * running / used))
    }
}
