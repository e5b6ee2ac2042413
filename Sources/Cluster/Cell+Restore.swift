internal import Domain
internal import Planning
internal import Scheduling

/// Restore: the members of a group get their parameters back while it serves, open groups of one,
/// and the running sequences follow one by one (KunServe §4.4).
extension Cell {
    /// Groups that a restore could split now.
    var restorableGroups: [GroupID] {
        groups.ids.filter {
            groups[$0].isPipeline && isSettled($0) && excess($0) <= 0
        }
    }

    /// Spans that the group's sequences hold beyond the blocks of a whole instance; none if the
    /// group can be split as it is.
    func excess(_ group: GroupID) -> BlockCount {
        let bases = groups[group].stages.map { stores[$0.instance.index].baseCount }
        return groups[group].pool.usedCount - (bases.min() ?? 0)
    }

    mutating func startRestore(
        _ group: GroupID, _ reason: Note.RestoreReason, _ now: Instant,
        _ effects: inout [Effect]
    ) {
        groups[group].isRunning = false
        reshapes.append(Reshape(kind: .restore, group: group, leaving: [group], started: now))
        effects.append(.note(.restoreStarted(group, reason)))
        advanceReshapes(now, &effects)
    }

    /// Asks every member to bring its blocks down and to make room for what is missing.
    mutating func changeForRestore(
        _ index: Int, _ now: Instant, _ effects: inout [Effect]
    ) {
        let group = reshapes[index].group
        groups[group].pool.evictAll(&stores)
        var moves: [[MemoryChange.BlockMove]] = []
        for stage in groups[group].stages {
            guard let down = stores[stage.instance.index].movesToBase() else {
                giveUpRestore(index, "its sequences need too many blocks", now, &effects)
                return
            }
            moves.append(down)
        }
        for (stage, moves) in zip(groups[group].stages, moves) {
            var memory = memories[stage.instance.index]
            let change = memory.restore(moves: moves)
            reshapes[index].planned.append(
                Reshape.PlannedMemory(instance: stage.instance, memory: memory, moves: moves))
            if change == MemoryChange() {
                reshapes[index].changed.append(stage.instance)
            } else {
                reshapes[index].expected.append(stage.instance)
                effects.append(.changeMemory(stage.instance, change))
            }
        }
        reshapes[index].phase = .changing
    }

    private mutating func giveUpRestore(
        _ index: Int, _ reason: String, _ now: Instant, _ effects: inout [Effect]
    ) {
        let group = reshapes[index].group
        groups[group].isRunning = true
        reshapes[index].phase = .done
        monitor.restoreFailed(at: now)
        effects.append(.note(.restoreFailed(group, reason)))
        plan(group, &effects)
    }

    mutating func finishRestoreChange(
        _ index: Int, _ now: Instant, _ effects: inout [Effect]
    ) {
        let group = reshapes[index].group
        let failure = reshapes[index].failure
        let changed = reshapes[index].changed
        // Sequences that have ended meanwhile may have left cached spans on blocks that are gone.
        groups[group].pool.evictAll(&stores)
        reshapes[index].planned.removeAll { !changed.contains($0.instance) }
        for planned in reshapes[index].planned {
            groups[group].pool.applyMoves(planned.moves, of: planned.instance)
            stores[planned.instance.index].shrinkToBase(planned.moves)
        }
        takeMemories(of: index, &effects)
        if let failure {
            dropAgain(index, &effects)
            giveUpRestore(index, failure, now, &effects)
            return
        }
        groups[group].isRunning = true
        reshapes[index].phase = .loading
        for stage in groups[group].stages { load(into: stage.instance, index, &effects) }
        plan(group, &effects)
    }

    /// Orders each missing unit from a member that has executed it.
    private mutating func load(
        into instance: InstanceID, _ index: Int, _ effects: inout [Effect]
    ) {
        var missing = memories[instance.index].unloaded
        for stage in groups[reshapes[index].group].stages where stage.instance != instance {
            let held = memories[stage.instance.index].shape.units(for: stage.range)
            let wanted = missing.filter { held.contains($0) }
            guard !wanted.isEmpty else { continue }
            missing.removeAll { wanted.contains($0) }
            reshapes[index].expected.append(instance)
            effects.append(.loadUnits(instance, wanted, from: .peer(stage.instance)))
        }
    }

    /// A peer could not give its units: the files have them all.
    mutating func loadFromFile(
        _ index: Int, _ instance: InstanceID, _ failure: String, _ effects: inout [Effect]
    ) {
        reshapes[index].expected.append(instance)
        reshapes[index].triedFile.append(instance)
        effects.append(.note(.loadedFromFile(instance, failure)))
        effects.append(.loadUnits(instance, memories[instance.index].unloaded, from: .file))
    }

    /// Members that have made room for parameters turn it into KV again.
    private mutating func dropAgain(_ index: Int, _ effects: inout [Effect]) {
        for stage in groups[reshapes[index].group].stages
        where reshapes[index].changed.contains(stage.instance) {
            var memory = memories[stage.instance.index]
            let change = memory.drop(to: stage.range, isUsed: [])
            reclaims[stage.instance.index] = memory
            effects.append(.changeMemory(stage.instance, change))
        }
    }
}

// MARK: - Spreading

extension Cell {
    mutating func finishLoading(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        if let failure = reshapes[index].failure {
            dropAgain(index, &effects)
            giveUpRestore(index, failure, now, &effects)
        } else {
            openMembers(index, now, &effects)
        }
    }

    /// Every member holds everything: it serves alone from now on.
    private mutating func openMembers(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let group = reshapes[index].group
        for stage in groups[group].stages {
            let whole = wholeStage(stage.instance)
            memories[stage.instance.index].finishLoading()
            let single = addGroup([whole])
            reshapes[index].opened.append(single)
            effects.append(.groupFormed(single, [whole]))
        }
        groups[group].isAccepting = false
        groups[group].pool.stopCaching(&stores)
        reshapes[index].phase = .moving
        spread(index, now, &effects)
    }

    /// Moves the merged group's sequences to its members while they go on generating, and ends it
    /// when it is empty.
    mutating func spread(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let (group, opened) = (reshapes[index].group, reshapes[index].opened)
        evictForMerged(opened)
        empty(group, into: opened, now, &effects)
        let isLeft = isRelocating(group) || hasSwapped(group) || !groups[group].isIdle
        let members = groups[group].stages.map(\.instance)
        if !isLeft { dissolve(group, &effects) }
        // The members' blocks are shared until the merged group is gone, so any sequence that ends
        // in it, or leaves it, may have made room.
        for single in opened { planIfIdle(single, &effects) }
        guard !isLeft else { return }
        reshapes[index].leaving = []
        reshapes[index].phase = .done
        monitor.restored(at: now)
        effects.append(.note(.restoreFinished(members, took: now - reshapes[index].started)))
    }

    /// The merged group cannot evict what its members cache; where it has run out of blocks they
    /// give theirs up.
    private mutating func evictForMerged(_ opened: [GroupID]) {
        for single in opened {
            let instance = groups[single].stages[0].instance
            guard stores[instance.index].freeCount == 0 else { continue }
            groups[single].pool.evictAll(&stores)
        }
    }
}
