internal import Cluster
internal import Domain
internal import Scheduling

extension ClusterState {
    /// The present state of a cell. Complexity: O(instances · layers + groups + running).
    init(_ cell: Cell) {
        var used = Array(repeating: 0, count: cell.memories.count)
        var cached = used
        groups = []
        groups.reserveCapacity(cell.groups.ids.count)
        for id in cell.groups.ids {
            let census = cell.groups.census(of: id, in: cell.table)
            for stage in census.stages {
                used[stage.instance.index] += census.used * stage.range.layers.count
                cached[stage.instance.index] += census.cached * stage.range.layers.count
            }
            groups.append(Group(id, census))
        }
        instances = []
        instances.reserveCapacity(used.count)
        for index in used.indices {
            var instance = Instance(
                cell.memories[index], usedBlocks: used[index], cachedBlocks: cached[index])
            if !cell.roster.isPresent(InstanceID(index: index)) { instance.leave() }
            instances.append(instance)
        }
        running = cell.runningCount
        waiting = cell.waitingCount
    }
}

extension ClusterState.Instance {
    /// - Parameters:
    ///   - usedBlocks: In single layers. While sequences move between groups a block may be part
    ///     of two; then it counts once as far as can be told.
    ///   - cachedBlocks: In single layers.
    fileprivate init(_ memory: InstanceMemory, usedBlocks: Int, cachedBlocks: Int) {
        let shape = memory.shape
        let blockBytes = shape.blockBytes
        let kept = memory.retiring?.layers.reduce(0) { $0 + $1.count } ?? 0
        let pages = memory.retiring?.columns.count ?? 0
        let retiring = blockBytes * (shape.blockCount(pagesPerLayer: pages) * kept)
        let kv = blockBytes * (memory.blockCount * memory.held.layers.count) + retiring
        phase = !memory.unloaded.isEmpty ? .restoring : memory.isWhole ? .whole : .dropped
        layers = memory.held.layers
        weights = shape.pageSize * memory.weightPages
        used = min(blockBytes * usedBlocks, kv)
        cached = min(blockBytes * cachedBlocks, kv - used)
        free = kv - used - cached
        other = shape.pageSize * shape.pageCount - weights - kv
    }

    /// Nothing of it is of use any more.
    fileprivate mutating func leave() {
        other += weights + used + cached + free
        (weights, used, cached, free) = (.zero, .zero, .zero, .zero)
        layers = 0..<0
    }
}

extension ClusterState.Group {
    fileprivate init(_ id: GroupID, _ census: GroupCensus) {
        self.id = id
        stages = census.stages
        running = census.running
        waiting = census.waiting
        stalled = census.stalled
    }
}
