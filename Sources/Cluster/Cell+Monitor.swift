internal import Domain
internal import Planning
internal import Scheduling

/// What the cell does by itself, at fixed intervals.
extension Cell {
    /// The first input: a static pipeline is a drop that nothing brings back.
    mutating func start(_ now: Instant, _ effects: inout [Effect]) {
        hasStarted = true
        nextSample = now
        guard configuration.overloadPolicy == .staticPipeline else { return }
        let singles = plannableGroups
        var merges: [DropPlan.Merge] = []
        var first = 0
        while first < singles.count {
            let end = min(first + configuration.pipelineStages, singles.count)
            if end - first > 1, let merge = planner.merge(Array(singles[first..<end])) {
                merges.append(merge)
            }
            first = end
        }
        let freed = merges.reduce(ByteCount.zero) { $0 + $1.freed }
        startDrop(DropPlan(merges: merges, freed: freed), .configuration, now, &effects)
    }

    /// Looks at the load and acts by the policy.
    mutating func sample(_ now: Instant, _ effects: inout [Effect]) {
        nextSample = now + configuration.overload.sampleInterval
        for index in reshapes.indices { reshapes[index].usedWhenReclaimed = nil }
        switch configuration.overloadPolicy {
        case .drop: watchOverload(now, &effects)
        case .migrate: balance(now, &effects)
        case .recompute, .swap, .staticPipeline: break
        }
    }

    private mutating func watchOverload(_ now: Instant, _ effects: inout [Effect]) {
        moveWaiting(&effects)
        let load = overloadLoad()
        switch monitor.observe(load, at: now) {
        case .none: break
        case .drop(let missing): relieve(missing, load, now, &effects)
        case .restore:
            let reason = Note.RestoreReason.calm(
                used: load.used, capacity: load.undroppedCapacity)
            for group in restorableGroups { startRestore(group, reason, now, &effects) }
        }
    }

    /// Merges groups so that the queued sequences fit. When no grouping frees that much, the best
    /// there is must do: the rest waits and is recomputed as ever, and the provisioner hears how
    /// many instances would help.
    private mutating func relieve(
        _ missing: BlockCount, _ load: OverloadLoad, _ now: Instant, _ effects: inout [Effect]
    ) {
        let shape = memories[0].shape
        let needed = shape.blockBytes * (missing * shape.layerCount)
        let groups = plannableGroups
        var plan = planner.plan(groups, freeing: needed)
        if plan == nil {
            askForInstances(needed, &effects)
            plan = planner.largestPlan(groups)
        } else {
            instancesAsked = 0
        }
        if let plan {
            let reason = Note.DropReason.overload(demand: load.demand, capacity: load.capacity)
            startDrop(plan, reason, now, &effects)
        } else {
            monitor.dropFailed(at: now)
        }
    }

    private mutating func askForInstances(_ needed: ByteCount, _ effects: inout [Effect]) {
        let shape = memories[0].shape
        let each = shape.blockBytes * (stores[0].baseCount * shape.layerCount)
        let count = max(1, (needed.bytes + each.bytes - 1) / max(1, each.bytes))
        guard count > instancesAsked else { return }
        instancesAsked = count
        effects.append(.note(.noDropPlan(needed: needed)))
        effects.append(.requestInstances(count))
    }

    /// Blocks that sequences hold or wait for, and blocks there are: a group's span counts once,
    /// as it does on a single instance.
    mutating func overloadLoad() -> OverloadLoad {
        updateView()
        return OverloadLoad(
            demand: view.total.usedBlocks + view.total.queuedBlocks,
            capacity: view.total.totalBlocks, used: view.total.usedBlocks,
            queued: view.total.queuedBlocks, free: view.total.freeBlocks,
            undroppedCapacity: stores.indices.reduce(0) {
                $0 + (isLost[$1] ? 0 : stores[$1].baseCount)
            },
            isDropped: groups.ids.contains { groups[$0].stages.count > 1 },
            isChanging: !reshapes.isEmpty || reclaims.contains { $0 != nil },
            canDrop: canDrop)
    }

    /// Asks to be woken as long as there is something to watch.
    mutating func orderWake(_ now: Instant, _ effects: inout [Effect]) {
        guard !isWakeOrdered else { return }
        let isCalm =
            isIdle && reshapes.isEmpty
            && (configuration.overloadPolicy != .drop || !configuration.overload.isRestoreEnabled
                || !groups.ids.contains { groups[$0].isPipeline })
        guard !isCalm else { return }
        isWakeOrdered = true
        effects.append(.wakeAt(nextSample))
    }
}
