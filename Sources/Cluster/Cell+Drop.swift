internal import Domain
internal import Planning
internal import Scheduling

/// Drop: groups become one whose members give up what others of it hold (KunServe §4).
extension Cell {
    /// Groups that may be merged now.
    var plannableGroups: [PlannableGroup] {
        groups.ids.filter { isSettled($0) }.map {
            PlannableGroup(
                id: $0, stages: groups[$0].stages, liveBlocks: groups[$0].pool.usedCount)
        }
    }

    /// Whether there are two groups that may be merged now.
    var canDrop: Bool {
        var found = 0
        for id in groups.ids where isSettled(id) {
            found += 1
            if found > 1 { return true }
        }
        return false
    }

    /// Whether the group serves and nothing about it, or on its way from or to it, is under way.
    func isSettled(_ group: GroupID) -> Bool {
        groups[group].isAccepting && groups[group].isRunning && !isChanging(group)
            && !isRelocating(group)
            && !swapped.contains { $0.group == group && $0.phase != .away }
    }

    /// Whether the group, or the memory of a member, is part of a change under way.
    func isChanging(_ group: GroupID) -> Bool {
        reshapes.contains { $0.involves(group) }
            || groups[group].stages.contains { stage in
                reclaims[stage.instance.index] != nil
                    || reshapes.contains { $0.source == stage.instance }
            }
    }

    /// Whether a sequence is on its way from or to the group.
    func isRelocating(_ group: GroupID) -> Bool {
        relocations.contains { $0.from == group || $0.to == group }
    }

    /// Whether the sequence is on its way somewhere.
    func isRelocating(_ sequence: SequenceID) -> Bool {
        relocations.contains { $0.sequence == sequence }
    }

    mutating func startDrop(
        _ plan: DropPlan, _ reason: Note.DropReason, _ now: Instant, _ effects: inout [Effect]
    ) {
        for merge in plan.merges {
            let merged = addGroup(merge.stages)
            groups[merged].isRunning = false
            for old in merge.groups {
                groups[old].isAccepting = false
                groups[old].isRunning = false
                for id in groups[old].takeWaiting(from: table) {
                    if isBatch(id) { queueBatch(id) } else { join(id, merged) }
                }
            }
            reshapes.append(
                Reshape(kind: .drop, group: merged, leaving: merge.groups, started: now))
            effects.append(
                .note(.dropStarted(merge.groups, into: merged, freeing: merge.freed, reason)))
        }
        advanceReshapes(now, &effects)
    }

    /// Asks every member to turn its part of the weights into KV.
    mutating func changeForDrop(_ index: Int, _ effects: inout [Effect]) {
        for old in reshapes[index].leaving { groups[old].pool.evictAll(&stores) }
        for stage in groups[reshapes[index].group].stages {
            let place = stage.instance.index
            var memory = memories[place]
            guard memory.held != stage.range else { continue }
            let change = memory.drop(to: stage.range, isUsed: stores[place].isUsed)
            reshapes[index].planned.append(
                Reshape.PlannedMemory(instance: stage.instance, memory: memory, moves: []))
            reshapes[index].expected.append(stage.instance)
            effects.append(.changeMemory(stage.instance, change))
        }
        reshapes[index].phase = .changing
    }

    mutating func finishDropChange(
        _ index: Int, _ now: Instant, _ effects: inout [Effect]
    ) {
        if let failure = reshapes[index].failure {
            rollBackDrop(index, failure, now, &effects)
            return
        }
        let group = reshapes[index].group
        let before = groups[group].pool.freeCount(stores)
        takeMemories(of: index, &effects)
        for stage in groups[group].stages {
            let place = stage.instance.index
            stores[place].grow(to: memories[place].blockCount)
        }
        for old in reshapes[index].leaving { groups[old].pool.stopCaching(&stores) }
        effects.append(.groupFormed(group, groups[group].stages))
        groups[group].isRunning = true
        reshapes[index].phase = .moving
        monitor.dropped(at: now)
        let free = groups[group].pool.freeCount(stores)
        let added = free - before
        reshapes[index].reserve = Int(Double(free) * configuration.relocation.exchangeShare)
        effects.append(
            .note(.dropFinished(group, addedBlocks: added, took: now - reshapes[index].started)))
        // The first of the old sequences reserve their blocks before new ones take the rest.
        exchange(index, now, &effects)
        plan(group, &effects)
    }

    /// A member could not: the others take their pages back, and everything is as before.
    private mutating func rollBackDrop(
        _ index: Int, _ failure: String, _ now: Instant, _ effects: inout [Effect]
    ) {
        let (group, old) = (reshapes[index].group, reshapes[index].leaving)
        for instance in reshapes[index].changed { effects.append(.undoMemoryChange(instance)) }
        let waiting = groups[group].takeWaiting(from: table)
        for id in old {
            groups[id].isAccepting = true
            groups[id].isRunning = true
        }
        groups.remove(group)
        rebuildUnserved(now)
        rehome(waiting, &effects)
        reshapes[index].phase = .done
        monitor.dropFailed(at: now)
        effects.append(.note(.dropFailed(group, failure)))
        for id in old { plan(id, &effects) }
    }
}

// MARK: - Exchange

extension Cell {
    /// Moves the sequences of the old groups to the merged one, the oldest first, and ends the old
    /// groups when they are empty (KunServe §4.2).
    mutating func exchange(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let group = reshapes[index].group
        startExchanges(index, now, &effects)
        for old in reshapes[index].leaving {
            let isLeft = relocations.contains { $0.from == old } || hasSwapped(old)
            guard groups[old].isIdle, !isLeft else { continue }
            dissolve(old, &effects)
            reshapes[index].leaving.removeAll { $0 == old }
        }
        reclaim(index, &effects)
        planIfIdle(group, &effects)
        let members = groups[group].stages.map(\.instance.index)
        let isOver =
            reshapes[index].leaving.isEmpty
            && members.allSatisfy { reclaims[$0] == nil && memories[$0].retiring == nil }
        guard isOver else { return }
        let reshape = reshapes[index]
        effects.append(
            .note(
                .exchangeFinished(
                    group, sequences: reshape.movedSequences, reshape.movedBytes,
                    took: now - reshape.started)))
        reshapes[index].phase = .done
    }

    /// Lets as many sequences of each old group follow as may be on their way, the oldest first.
    /// Each group's go over other links than the next one's.
    private mutating func startExchanges(
        _ index: Int, _ now: Instant, _ effects: inout [Effect]
    ) {
        let group = reshapes[index].group
        var blocked: SequenceID?
        for old in reshapes[index].leaving {
            while blocked == nil, let id = nextToFollow(from: old) {
                if startMove(id, to: group, isLive: false, now, &effects) { continue }
                blocked = id
            }
        }
        if let blocked {
            handleBlocked(blocked, index, now, &effects)
        } else {
            reshapes[index].blockedSince = nil
            setAside(exchangeReserve(of: index), in: group, &effects)
        }
    }

    /// Room that new sequences leave to those that are still to follow, so that the exchange goes
    /// on while old blocks become pages, and pages new blocks.
    private func exchangeReserve(of index: Int) -> BlockCount {
        let toFollow = reshapes[index].leaving.reduce(0) { $0 + groups[$1].pool.usedCount }
        return min(reshapes[index].reserve, toFollow)
    }

    /// The first sequence of an old group that still stands there, unless enough of them are on
    /// their way. Complexity: O(sequences on their way).
    private func nextToFollow(from old: GroupID) -> SequenceID? {
        let underWay = relocations.count { $0.from == old }
        guard underWay < configuration.relocation.maxConcurrent else { return nil }
        return groups[old].running.first { table[$0].phase == .running && !isRelocating($0) }
    }

    /// The last sequence, in order of arrival, that still stands in an old group.
    private func lastToFollow(_ index: Int) -> SequenceID? {
        reshapes[index].leaving.flatMap { groups[$0].running }
            .filter { table[$0].phase == .running && !isRelocating($0) }
            .max { table[$0].arrival < table[$1].arrival }
    }

    /// The next sequence finds no room. New ones give way after a while; when nothing else could
    /// ever free a block, the last one in order computes its KV anew.
    private mutating func handleBlocked(
        _ id: SequenceID, _ index: Int, _ now: Instant, _ effects: inout [Effect]
    ) {
        let group = reshapes[index].group
        let since = reshapes[index].blockedSince ?? now
        reshapes[index].blockedSince = since
        if now - since >= configuration.relocation.patience {
            let needed = groups[group].spansNeeded(for: table[id].tokens.count)
            setAside(max(needed, exchangeReserve(of: index)), in: group, &effects)
        }
        let isReclaiming = groups[group].stages.contains { reclaims[$0.instance.index] != nil }
        guard groups[group].running.isEmpty, groups[group].stepsInFlight == 0, !isReclaiming,
            !relocations.contains(where: { $0.to == group }),
            let last = lastToFollow(index)
        else { return }
        startAnew(last, in: group, .noRoom, &effects)
        if id != last { _ = startMove(id, to: group, isLive: false, now, &effects) }
        plan(group, &effects)
    }

    /// A sequence gives up its KV and waits in another group.
    mutating func startAnew(
        _ id: SequenceID, in group: GroupID, _ reason: Note.RelocationAbort,
        _ effects: inout [Effect]
    ) {
        let old = home(of: id)
        effects.append(.note(.preempted(id, lostTokens: table[id].computedCount)))
        effects.append(.note(.relocationAborted(id, reason)))
        groups[old].preempt(id, &table, &stores)
        for waiting in groups[old].takeWaiting(from: table) { join(waiting, group) }
    }
}
