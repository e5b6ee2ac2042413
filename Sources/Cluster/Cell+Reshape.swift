internal import Domain
internal import Scheduling

extension Cell {
    mutating func advanceReshapes(_ now: Instant, _ effects: inout [Effect]) {
        for index in reshapes.indices { advance(index, now, &effects) }
        reshapes.removeAll { $0.phase == .done }
        groups.touchAll()
    }

    private mutating func advance(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let reshape = reshapes[index]
        switch (reshape.phase, reshape.kind) {
        case (.quiescing, _)
        where reshape.leaving.contains { groups[$0].stepsInFlight > 0 }:
            break
        case (.quiescing, .drop): changeForDrop(index, &effects)
        case (.quiescing, .restore): changeForRestore(index, now, &effects)
        case (.quiescing, .rebuild): changeForRebuild(index, now, &effects)
        case (.changing, .drop) where reshape.expected.isEmpty:
            finishDropChange(index, now, &effects)
        case (.changing, .restore) where reshape.expected.isEmpty:
            finishRestoreChange(index, now, &effects)
        case (.changing, .rebuild) where reshape.expected.isEmpty:
            finishRebuildChange(index, now, &effects)
        case (.loading, .rebuild) where reshape.expected.isEmpty:
            finishRebuild(index, now, &effects)
        case (.loading, _) where reshape.expected.isEmpty:
            finishLoading(index, now, &effects)
        case (.moving, .drop): exchange(index, now, &effects)
        case (.moving, .restore): spread(index, now, &effects)
        default: break
        }
    }

    /// The change of groups an instance is part of.
    func reshape(of instance: InstanceID) -> Int? {
        reshapes.firstIndex { reshape in
            groups.contains(reshape.group)
                && isMember(instance, of: reshape.group)
        }
    }

    mutating func memoryChanged(
        _ instance: InstanceID, _ failure: String?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard !isLost[instance.index] else { return }
        if let memory = reclaims[instance.index] {
            finishReclaim(instance, memory, failure, &effects)
            return
        }
        guard let index = reshape(of: instance),
            let place = reshapes[index].expected.firstIndex(of: instance)
        else { preconditionFailure("no memory change of \(instance) is expected") }
        reshapes[index].expected.remove(at: place)
        if let failure {
            reshapes[index].failure = "instance \(instance): \(failure)"
        } else {
            reshapes[index].changed.append(instance)
        }
    }

    mutating func unitsLoaded(
        _ instance: InstanceID, _ failure: String?, _ effects: inout [Effect]
    ) {
        guard !isLost[instance.index] else { return }
        guard let index = reshape(of: instance),
            let place = reshapes[index].expected.firstIndex(of: instance)
        else { preconditionFailure("no units of \(instance) are expected") }
        reshapes[index].expected.remove(at: place)
        guard let failure else { return }
        if !reshapes[index].triedFile.contains(instance) {
            loadFromFile(index, instance, failure, &effects)
        } else if !reshapes[index].expected.contains(instance) {
            // Answers come in order, so this last one is that of the files.
            reshapes[index].failure = "instance \(instance): \(failure)"
        }
    }

    /// Takes the memories that the members' changes have made.
    mutating func takeMemories(of index: Int, _ effects: inout [Effect]) {
        for planned in reshapes[index].planned {
            memories[planned.instance.index] = planned.memory
            effects.append(.settleMemory(planned.instance))
        }
        reshapes[index].planned.removeAll()
    }
}

// MARK: - Reclaiming

extension Cell {
    /// Hands KV pages of layers that an instance executes no longer to the layers it keeps, as far
    /// as the sequences of the groups that go have left them.
    mutating func reclaim(_ index: Int, _ effects: inout [Effect]) {
        let leaving = reshapes[index].leaving
        let used = leaving.reduce(0) { $0 + groups[$1].pool.usedCount }
        guard used != reshapes[index].usedWhenReclaimed else { return }
        reshapes[index].usedWhenReclaimed = used
        for stage in groups[reshapes[index].group].stages {
            let place = stage.instance.index
            guard reclaims[place] == nil, memories[place].retiring != nil else { continue }
            var isUsed = Array(repeating: false, count: stores[place].capacity)
            for group in leaving {
                groups[group].pool.markUsedBlocks(of: stage.instance, in: &isUsed)
            }
            var memory = memories[place]
            let share = configuration.relocation.reclaimShare
            let least = max(1, Int(Double(memory.pagesPerLayer) * share))
            guard let change = memory.reclaim(isUsed: isUsed, least: least) else { continue }
            reclaims[place] = memory
            effects.append(.changeMemory(stage.instance, change))
        }
    }

    private mutating func finishReclaim(
        _ instance: InstanceID, _ memory: InstanceMemory, _ failure: String?,
        _ effects: inout [Effect]
    ) {
        reclaims[instance.index] = nil
        guard failure == nil else { return }
        let added = memory.blockCount - stores[instance.index].capacity
        memories[instance.index] = memory
        effects.append(.settleMemory(instance))
        guard added > 0 else { return }
        stores[instance.index].grow(to: memory.blockCount)
        effects.append(.note(.reclaimed(instance, addedBlocks: added)))
        for group in groups.ids where isMember(instance, of: group) { plan(group, &effects) }
    }
}
