internal import Domain
internal import Planning
internal import Scheduling

/// The relocation policy `llumnix`: running sequences move live from groups that are short of
/// memory to such as have plenty. That makes room for the queue's first request, keeps those that
/// run from being preempted, and fills a new instance (Llumnix §4.4).
extension Cell {
    /// Starts the next move of each pair of groups that has none under way.
    mutating func migrate(_ now: Instant, _ effects: inout [Effect]) {
        guard mayRelocate() else { return }
        openLoads.removeAll(keepingCapacity: true)
        for id in groups.ids where isOpen(id) {
            if let load = view[id] { openLoads.append(load) }
        }
        pairs.update(openLoads)
        for pair in pairs.pairs where !isMoving(pair) {
            guard let id = nextToMigrate(pair) else { continue }
            _ = startMigration(of: id, to: pair.target, now, &effects)
        }
    }

    /// Whether sequences may move that could stay. While parameters are about to be dropped or to
    /// come back, that would only keep groups from changing.
    mutating func mayRelocate() -> Bool {
        guard reshapes.isEmpty, thinned == nil else { return false }
        updateView()
        let demand = view.total.usedBlocks + view.total.queuedBlocks
        let highWater = configuration.overload.highWater * Double(view.total.totalBlocks)
        return configuration.overloadPolicy != .drop || Double(demand) < highWater
    }

    private func isMoving(_ pair: MigrationPairs.Pair) -> Bool {
        relocations.contains { $0.from == pair.source && $0.to == pair.target }
    }

    /// A decoding sequence, of the least important ones and never of high priority. If the queue's
    /// first lacks blocks, the smallest that makes room for it, or else the largest that may go; if
    /// not, the smallest, for it costs least (Llumnix §4.4.3).
    private mutating func nextToMigrate(_ pair: MigrationPairs.Pair) -> SequenceID? {
        guard let source = view[pair.source], let target = view[pair.target] else { return nil }
        let missing = source.headBlocks - source.freeBlocks
        var best: (rank: MigrationRank, id: SequenceID)?
        for id in groups[pair.source].running
        where table[id].phase == .running && table[id].pendingCount == 1 && !isHighPriority(id)
            && !isBatch(id) && serves(pair.target, id)
        {
            let size = table[id].spans.count
            guard pairs.isGain(size, from: source, to: target), !isRelocating(id) else { continue }
            let suffices = missing <= 0 || size >= missing
            let rank = MigrationRank(
                importance: -table[id].priority, others: suffices ? 0 : 1,
                size: suffices ? size : -size)
            if best.map({ rank < $0.rank }) ?? true { best = (rank, id) }
        }
        return best?.id
    }
}

// MARK: - High priority

extension Cell {
    func isHighPriority(_ id: SequenceID) -> Bool { isHighPriority(table[id].priority) }

    func isHighPriority(_ priority: Int) -> Bool {
        priority < configuration.migration.highPriorityBelow
    }

    /// Blocks that sequences may use where some of high priority run.
    private var highPriorityBlocks: BlockCount {
        configuration.migration.highPriorityLoad / configuration.scheduler.blockSize
    }

    /// Blocks that stay empty where sequences of high priority are.
    func headroom(in group: GroupID, of capacity: BlockCount) -> BlockCount {
        guard configuration.relocationPolicy == .llumnix,
            tally(of: group).highPriority > 0
        else { return 0 }
        return max(0, capacity - highPriorityBlocks)
    }

    /// Where a sequence of high priority goes: to others of its kind as long as they are few, the
    /// most first, and then where the least is used, from where the rest moves away. Own choice:
    /// with Llumnix' rule, the greatest freeness, each would go where none of its kind is, until
    /// all groups have one and nobody can keep away (ADR 9). Complexity: O(groups).
    func highPriorityChoice(_ tokens: TokenCount) -> GroupID? {
        guard configuration.relocationPolicy == .llumnix else { return nil }
        let most = highPriorityBlocks - packedSize(tokens)
        var shared: GroupLoad?
        var emptiest: GroupLoad?
        for group in groups.ids {
            guard let load = view[group], !load.isDraining else { continue }
            if load.headroomBlocks > 0, load.demand <= most, load.demand > shared?.demand ?? -1 {
                shared = load
            }
            if load.demand < emptiest?.demand ?? .max { emptiest = load }
        }
        return (shared ?? emptiest)?.group
    }
}

extension GroupLoad {
    /// Blocks that its sequences hold or wait for.
    fileprivate var demand: BlockCount { usedBlocks + waitingBlocks }
}

/// Which of several sequences goes first: the lesser.
private struct MigrationRank: Comparable {
    let importance: Int
    /// How many more would have to go.
    let others: Int
    let size: BlockCount

    static func < (left: Self, right: Self) -> Bool {
        (left.importance, left.others, left.size) < (right.importance, right.others, right.size)
    }
}
