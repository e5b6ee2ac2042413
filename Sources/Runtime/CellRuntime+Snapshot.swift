internal import Cluster
package import Domain
internal import Planning
internal import Scheduling
internal import Synchronization

extension CellRuntime {
    /// The present state for operators. Complexity: O(instances · layers + groups + running).
    package func snapshot() -> ClusterSnapshot {
        let now = Self.now
        return state.withLock { state in
            ClusterSnapshot(
                time: now - .zero,
                policy: state.cell.configuration.overloadPolicy.rawValue,
                instances: state.activities.indices.map { instance($0, state) },
                groups: state.cell.groups.ids.map { group($0, state) },
                running: state.cell.runningCount, waiting: state.cell.waitingCount,
                waitingBatch: state.cell.waitingBatchCount,
                ttft: metrics.firstToken.recent(at: now),
                tpot: metrics.interToken.recent(at: now))
        }
    }

    // MARK: Instances

    private func instance(
        _ index: Int, _ state: State
    ) -> InstanceSnapshot {
        let id = InstanceID(index: index)
        guard state.cell.roster.isPresent(id), let account = fleet.account(of: id) else {
            let isStarting = state.cell.roster.startTime(of: id) != nil
            return InstanceSnapshot(id: id, phase: isStarting ? .starting : .absent)
        }
        return InstanceSnapshot(
            id: id, phase: phase(index, account, state),
            layers: account.layers, hasEmbedding: account.hasEmbedding,
            hasHead: account.hasHead, memory: memory(index, account, state),
            service: state.cell.service(of: id))
    }

    private func phase(
        _ index: Int, _ account: MemoryAccount, _ state: State
    ) -> InstanceSnapshot.Phase {
        let activity = state.activities[index]
        if activity.changes > 0 { return .changing }
        if activity.loads > 0 { return .restoring }
        if isDraining(InstanceID(index: index), state) { return .draining }
        return state.cell.memories[index].isWhole ? .whole : .dropped
    }

    /// Whether the instance serves alone and takes nothing new.
    private func isDraining(_ instance: InstanceID, _ state: State) -> Bool {
        let mine = state.cell.groups.ids.map { state.cell.groups[$0] }
            .filter { group in group.stages.contains { $0.instance == instance } }
        guard mine.count == 1, mine[0].stages.count == 1 else { return false }
        return state.cell.isDraining || (mine[0].isRunning && !mine[0].isAccepting)
    }

    /// What executors say of pages, and the cell of who uses the blocks on them. While sequences
    /// move between groups a block may be part of two; then it counts once as far as can be told.
    private func memory(
        _ index: Int, _ account: MemoryAccount, _ state: State
    ) -> InstanceSnapshot.Memory {
        var used = ByteCount.zero
        var cached = ByteCount.zero
        for group in state.cell.groups.ids {
            let scheduler = state.cell.groups[group]
            for stage in scheduler.stages where stage.instance.index == index {
                let bytes = account.blockBytes * stage.range.layers.count
                used += bytes * scheduler.pool.usedCount
                cached += bytes * scheduler.pool.cachedCount
            }
        }
        used = min(used, account.kv)
        cached = min(cached, account.kv - used)
        return InstanceSnapshot.Memory(
            budget: account.budget, weights: account.weights, kvUsed: used, kvCached: cached,
            kvFree: account.kv - used - cached, workspace: account.workspace,
            spare: account.budget - account.weights - account.kv - account.workspace)
    }

    // MARK: Groups

    private func group(_ id: GroupID, _ state: State) -> GroupSnapshot {
        let group = state.cell.groups[id]
        let isStill = !group.isRunning
        return GroupSnapshot(
            id: id, stages: group.stages, running: group.running.count,
            waiting: group.waitingCount,
            stalled: group.running.count { isStill || state.cell.table[$0].phase == .stalled },
            stepsInFlight: group.stepsInFlight, usedBlocks: group.pool.usedCount,
            totalBlocks: group.pool.capacity(state.cell.stores), phase: phase(of: group, state))
    }

    private func phase(of group: GroupScheduler, _ state: State) -> GroupSnapshot.Phase {
        guard state.pipelines.group(group.group) == group.stages else { return .forming }
        if group.isAccepting { return group.isRunning ? .serving : .frozen }
        if group.isRunning { return .closing }
        // An old group of a drop: its sequences move once the new one serves with its instances.
        let members = Set(group.stages.map(\.instance))
        let isFollowed = state.cell.groups.ids.contains { id in
            id != group.group && state.pipelines.group(id) != nil
                && state.cell.groups[id].stages.contains { members.contains($0.instance) }
        }
        return isFollowed ? .closing : .frozen
    }
}
