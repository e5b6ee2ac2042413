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
        if isRoutingByClass { lookAfterClasses(&effects) }
        let isDropping = configuration.overloadPolicy == .drop
        let relocation = configuration.relocationPolicy
        if isDropping || relocation != .off { moveWaiting(&effects) }
        if isDropping { watchOverload(now, &effects) }
        switch relocation {
        case .llumnix: migrate(now, &effects)
        case .mell: pack(now, &effects)
        case .off: break
        }
        scale(now, &effects)
    }

    private mutating func watchOverload(_ now: Instant, _ effects: inout [Effect]) {
        let load = overloadLoad()
        switch monitor.observe(load, at: now) {
        case .none: stopThinning(&effects)
        case .drop(let missing, let expected):
            stopThinning(&effects)
            relieve(missing, expected, load, now, &effects)
        case .restore:
            let reason = Note.RestoreReason.calm(
                used: load.used, capacity: load.undroppedCapacity)
            bringBack(reason, now, &effects)
        }
    }

    /// Merges groups so that the queued sequences fit, and those that are expected as far as pairs
    /// of instances do. When no grouping frees enough for the queued ones, the best there is must
    /// do: the rest waits and is recomputed as ever, and the provisioner hears how many instances
    /// would help.
    private mutating func relieve(
        _ missing: BlockCount, _ expected: BlockCount, _ load: OverloadLoad, _ now: Instant,
        _ effects: inout [Effect]
    ) {
        let needed = bytes(of: max(0, missing))
        let groups = plannableGroups
        var plan = planner.plan(
            groups, freeing: needed, expecting: bytes(of: min(expected, missing + expected)))
        if plan == nil {
            askForInstances(needed, &effects)
            orderBridged(missing, now, &effects)
            plan = planner.largestPlan(groups)
        } else {
            instancesAsked = 0
        }
        guard let plan else {
            monitor.dropFailed(at: now)
            return
        }
        guard !plan.merges.isEmpty else { return }
        orderBridged(missing, now, &effects)
        let reason = Note.DropReason.overload(demand: load.demand, capacity: load.capacity)
        startDrop(plan, reason, now, &effects)
    }

    private func bytes(of blocks: BlockCount) -> ByteCount {
        let shape = memories[0].shape
        return shape.blockBytes * (blocks * shape.layerCount)
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
    /// as it does on a single instance. What a drop under way will have freed counts already, or
    /// the groups that it has closed would look like an overload of their own.
    mutating func overloadLoad() -> OverloadLoad {
        updateView()
        var (capacity, free) = (view.total.totalBlocks, view.total.freeBlocks)
        for reshape in reshapes where reshape.kind == .drop {
            guard let now = view[reshape.group] else { continue }
            let later = blocksAfter(reshape)
            capacity += later - now.totalBlocks
            let used = reshape.leaving.reduce(now.usedBlocks) { $0 + (view[$1]?.usedBlocks ?? 0) }
            free += max(0, later - used) - now.freeBlocks
        }
        // Batch requests give way.
        let used = view.total.usedBlocks - view.total.lentBlocks
        free += view.total.lentBlocks
        return OverloadLoad(
            demand: used + view.total.queuedBlocks, capacity: capacity, used: used,
            queued: view.total.queuedBlocks, free: free,
            undroppedCapacity: undroppedCapacity,
            isDropped: groups.hasPipeline,
            isChanging: !reshapes.isEmpty || !reclaims.isEmpty,
            canDrop: canDrop)
    }

    /// Blocks of a merged group when its exchange is over.
    private func blocksAfter(_ reshape: Reshape) -> BlockCount {
        groups[reshape.group].stages.reduce(.max) { least, stage in
            min(least, memories[stage.instance.index].shape.blockCount(holding: stage.range))
        }
    }

    /// Asks to be woken as long as there is something to watch.
    mutating func orderWake(_ now: Instant, _ effects: inout [Effect]) {
        guard !isWakeOrdered else { return }
        let isCalm =
            isIdle && reshapes.isEmpty
            && (configuration.overloadPolicy != .drop || !configuration.overload.isRestoreEnabled
                || !groups.hasPipeline)
        if autoscaler != nil, !isIdle { autoscaler?.noteWork() }
        let isScaling = autoscaler.map { !$0.isAtRest } ?? false
        guard !isCalm || isScaling else { return }
        isWakeOrdered = true
        effects.append(.wakeAt(nextSample))
    }
}
