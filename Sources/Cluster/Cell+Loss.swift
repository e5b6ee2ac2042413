internal import Domain
internal import Planning
internal import Scheduling

/// An instance is gone. What it held is computed anew elsewhere; those that served with it get the
/// parameters back that only it had, and serve alone (KunServe §8).
///
/// The shell answers everything that is outstanding, with a failure where the lost instance was
/// needed, but for steps of its groups and for changes and loads of its own.
extension Cell {
    mutating func lose(_ instance: InstanceID, _ now: Instant, _ effects: inout [Effect]) {
        precondition(instance.index < memories.count, "no instance \(instance)")
        guard !isLost[instance.index] else { return }
        isLost[instance.index] = true
        guard roster.isPresent(instance) else {
            roster.leave(instance)
            effects.append(.note(.instanceLost(instance, sequences: 0)))
            return
        }
        roster.leave(instance)
        undroppedCapacity -= stores[instance.index].baseCount
        reclaims[instance.index] = nil
        let dead = groupsToCollapse(without: instance, now, &effects)
        var orphans: [SequenceID] = []
        for group in dead { collapse(group, &orphans, &effects) }
        draining.removeAll { dead.contains($0) }
        roster.leaving.removeAll { dead.contains($0) }
        effects.append(.note(.instanceLost(instance, sequences: orphans.count)))
        if !groups.ids.contains(where: { groups[$0].isAccepting }) { callOffDrains(&effects) }
        rebuildUnserved(now)
        rehome(orphans, &effects)
        advanceReshapes(now, &effects)
    }

    /// The groups that cannot go on, after the change of groups that the instance was part of has
    /// been taken back or cut short.
    private mutating func groupsToCollapse(
        without instance: InstanceID, _ now: Instant, _ effects: inout [Effect]
    ) -> [GroupID] {
        var dead = groups.ids.filter { isMember(instance, of: $0) && !collapsing.contains($0) }
        guard let index = reshape(of: instance) else { return dead }
        let reshape = reshapes[index]
        switch (reshape.kind, reshape.phase) {
        case (.drop, .quiescing), (.drop, .changing):
            dead.removeAll { $0 == reshape.group }
            leaveDrop(index, instance, dead)
        case (.drop, _):
            dead += reshape.leaving.filter { !dead.contains($0) && !collapsing.contains($0) }
            reshapes.remove(at: index)
        case (.restore, .changing), (.restore, .loading):
            reshapes.remove(at: index)
            for stage in groups[reshape.group].stages where stage.instance != instance {
                goOnAlone(stage.instance, from: reshape)
            }
        case (.restore, .moving):
            reshapes.remove(at: index)
            monitor.restored(at: now)
        case (.restore, _), (.rebuild, _):
            reshapes.remove(at: index)
        }
        return dead
    }

    /// Nobody else is left to take requests, so that instances which have been drained must.
    private mutating func callOffDrains(_ effects: inout [Effect]) {
        for group in groups.ids
        where groups[group].isRunning && !groups[group].isPipeline && !isChanging(group) {
            groups[group].isAccepting = true
            let instance = groups[group].stages[0].instance
            let reason = "it is needed, for another instance is lost"
            let isLeaving = roster.leaving.contains(group)
            effects.append(
                .note(
                    isLeaving
                        ? .scaleInCalledOff(instance, nil)
                        : .commandRefused(.drain(instance), reason)))
        }
        draining.removeAll()
        roster.leaving.removeAll()
    }

    func isMember(_ instance: InstanceID, of group: GroupID) -> Bool {
        groups[group].stages.contains { $0.instance == instance }
    }

    /// A drop that has not begun to serve fails; those of its groups that are left go on when the
    /// answers that are expected have come.
    private mutating func leaveDrop(_ index: Int, _ instance: InstanceID, _ dead: [GroupID]) {
        reshapes[index].failure = "instance \(instance) is lost"
        reshapes[index].phase = .changing
        reshapes[index].leaving.removeAll { dead.contains($0) }
        reshapes[index].expected.removeAll { $0 == instance }
        reshapes[index].changed.removeAll { $0 == instance }
        reshapes[index].planned.removeAll { $0.instance == instance }
    }
}

// MARK: - Sequences

extension Cell {
    /// Ends a group as far as that goes before the last transfer has been answered; its sequences
    /// wait for another.
    private mutating func collapse(
        _ group: GroupID, _ orphans: inout [SequenceID], _ effects: inout [Effect]
    ) {
        groups[group].isAccepting = false
        groups[group].isRunning = false
        for id in groups[group].abandonSteps(&table, &stores) { release(id, &effects) }
        for id in relocations.filter({ $0.from == group || $0.to == group }).map(\.sequence) {
            interruptRelocation(of: id, collapsing: group)
        }
        for index in relocations.indices where relocations[index].from == group {
            relocations[index].resumesWhenAnswered = false
        }
        interruptSwaps(in: group)
        for id in groups[group].running.reversed() {
            effects.append(.note(.preempted(id, lostTokens: table[id].computedCount)))
            groups[group].preempt(id, &table, &stores)
        }
        orphans += groups[group].takeWaiting(from: table)
        groups[group].pool.stopCaching(&stores)
        collapsing.append(group)
    }

    /// Where the sequence stays alive, in another group, it goes on there.
    private mutating func interruptRelocation(of id: SequenceID, collapsing group: GroupID) {
        guard let relocation = relocations.first(where: { $0.sequence == id && !$0.isAborted })
        else { return }
        abortRelocation(of: id)
        guard relocation.from != group, relocation.stalledSince != nil, relocation.isLive else {
            return
        }
        let place = relocations.firstIndex { $0.sequence == id && $0.transfer != nil }
        if let place {
            relocations[place].resumesWhenAnswered = true
        } else {
            groups[relocation.from].resume(id, &table)
            freed.append(relocation.from)
        }
    }

    /// Sends sequences that wait to groups that serve, or else to those that will.
    mutating func rehome(_ orphans: [SequenceID], _ effects: inout [Effect]) {
        let alive = groups.ids.filter { !collapsing.contains($0) }
        let accepting = alive.filter { groups[$0].isAccepting }
        let open = accepting.isEmpty ? alive : accepting
        for id in orphans.sorted(by: { table[$0].arrival < table[$1].arrival }) {
            if isBatch(id) {
                queueBatch(id)
            } else if open.isEmpty {
                effects.append(.finished(id, .failed("no instance is left"), table[id].usage))
                sequences[table[id].request] = nil
                release(id, &effects)
            } else {
                join(id, emptiest(of: serving(id, among: open)))
            }
        }
        for group in open { plan(group, &effects) }
    }

    /// Groups that have collapsed end when nothing refers to them.
    mutating func dissolveCollapsed(_ effects: inout [Effect]) {
        for group in collapsing
        where groups[group].isIdle && !isRelocating(group) && !hasSwapped(group) {
            dissolve(group, &effects)
        }
        let gone = collapsing.filter { !groups.contains($0) }
        guard !gone.isEmpty else { return }
        collapsing.removeAll { gone.contains($0) }
        for group in groups.ids { planIfIdle(group, &effects) }
    }
}

// MARK: - Rebuilding

extension Cell {
    /// Whoever serves nowhere is made whole again: after a loss, and when a drop is taken back
    /// whose groups have lost members meanwhile.
    mutating func rebuildUnserved(_ now: Instant) {
        for survivor in unservedMembers { startRebuild(of: survivor, now) }
    }

    /// Members of the groups that have not collapsed.
    var servedInstances: Set<InstanceID> {
        Set(
            groups.ids.filter { !collapsing.contains($0) }
                .flatMap { groups[$0].stages.map(\.instance) })
    }

    /// Instances that are part of no group but such as have collapsed.
    private var unservedMembers: [InstanceID] {
        let served = servedInstances
        return memories.indices.map { InstanceID(index: $0) }.filter {
            roster.isPresent($0) && !served.contains($0)
        }
    }

    /// The instance gets the whole model back as soon as nothing of its old groups is left on it.
    @discardableResult
    private mutating func startRebuild(of instance: InstanceID, _ now: Instant) -> Int {
        let isOnly = !groups.ids.contains { groups[$0].isAccepting && !collapsing.contains($0) }
        let single = addGroup([wholeStage(instance)])
        groups[single].isRunning = false
        groups[single].isAccepting = isOnly
        unformed.append(single)
        reshapes.append(Reshape(kind: .rebuild, group: single, leaving: [], started: now))
        return reshapes.count - 1
    }

    /// A member of a restore that lost another: what has been asked for on its behalf goes on.
    private mutating func goOnAlone(_ instance: InstanceID, from old: Reshape) {
        let index = startRebuild(of: instance, old.started)
        reshapes[index].phase = old.phase
        reshapes[index].expected = old.expected.filter { $0 == instance }
        reshapes[index].planned = old.planned.filter { $0.instance == instance }
        reshapes[index].changed = old.changed.filter { $0 == instance }
        reshapes[index].triedFile = old.triedFile.filter { $0 == instance }
        let hasFailed = reshapes[index].expected.isEmpty && reshapes[index].changed.isEmpty
        if old.phase == .changing, hasFailed {
            reshapes[index].planned = []
            reshapes[index].phase = .quiescing
        }
    }

    mutating func changeForRebuild(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let own = reshapes[index].group
        let instance = groups[own].stages[0].instance
        let others = groups.ids.filter { $0 != own && isMember(instance, of: $0) }
        let isDue = reshapes[index].retryAt.map { now >= $0 } ?? true
        guard isDue, others.isEmpty, reclaims[instance.index] == nil else { return }
        reshapes[index].failure = nil
        var memory = memories[instance.index]
        if memory.retiring != nil {
            guard let change = memory.reclaim(isUsed: [], least: 0) else { return }
            reclaims[instance.index] = memory
            effects.append(.changeMemory(instance, change))
            return
        }
        let change = memory.restore(moves: [])
        reshapes[index].planned = [.init(instance: instance, memory: memory, moves: [])]
        reshapes[index].phase = .changing
        if change == MemoryChange() {
            finishRebuildChange(index, now, &effects)
        } else {
            reshapes[index].expected = [instance]
            effects.append(.changeMemory(instance, change))
        }
    }

    mutating func finishRebuildChange(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        if reshapes[index].failure != nil {
            tryAgain(index, now)
            return
        }
        let instance = groups[reshapes[index].group].stages[0].instance
        for planned in reshapes[index].planned {
            stores[instance.index].shrinkToBase(planned.moves)
        }
        takeMemories(of: index, &effects)
        reshapes[index].phase = .loading
        let missing = memories[instance.index].unloaded
        guard !missing.isEmpty else {
            finishRebuild(index, now, &effects)
            return
        }
        let source = peer(of: instance)
        reshapes[index].source = source
        if source == nil { reshapes[index].triedFile = [instance] }
        reshapes[index].expected = [instance]
        effects.append(
            .loadUnits(instance, missing, from: source.map { .peer($0) } ?? .file))
    }

    /// An instance that holds everything and whose memory does not change.
    private func peer(of instance: InstanceID) -> InstanceID? {
        let whole = groups.ids.filter { groups[$0].stages.count == 1 && isSettled($0) }
        return whole.map { groups[$0].stages[0].instance }.first {
            $0 != instance && memories[$0.index].isWhole
        }
    }

    mutating func finishRebuild(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        if reshapes[index].failure != nil {
            tryAgain(index, now)
            return
        }
        let group = reshapes[index].group
        let instance = groups[group].stages[0].instance
        memories[instance.index].finishLoading()
        groups[group].isRunning = true
        groups[group].isAccepting = true
        unformed.removeAll { $0 == group }
        reshapes[index].phase = .done
        effects.append(.groupFormed(group, groups[group].stages))
        effects.append(
            .note(.restoreFinished([instance], took: now - reshapes[index].started)))
        plan(group, &effects)
    }

    private mutating func tryAgain(_ index: Int, _ now: Instant) {
        let instance = groups[reshapes[index].group].stages[0].instance
        reshapes[index].planned.removeAll { $0.instance == instance }
        reshapes[index].changed.removeAll()
        reshapes[index].triedFile.removeAll()
        reshapes[index].source = nil
        reshapes[index].phase = .quiescing
        reshapes[index].retryAt = now + configuration.overload.retryAfter
    }
}
