package import Domain
package import Scheduling

/// The groups of a cell by id. Ids of dissolved groups are given again, so they stay dense.
package struct GroupTable: Sendable {
    /// By id; what lies in a vacant slot is left over.
    private var slots: [GroupScheduler] = []
    /// Ascending.
    package private(set) var ids: [GroupID] = []
    private var isTaken: [Bool] = []
    private var pipelineCount = 0
    /// Prefix-cache look-ups of groups that are no more.
    private var queriedBefore: TokenCount = 0
    private var hitBefore: TokenCount = 0
    /// Groups that may have changed since `takeTouched`, without repetition.
    private var touched: [GroupID] = []
    private var isTouched: [Bool] = []

    /// The lowest id that is free. Complexity: O(groups).
    var nextID: GroupID { GroupID(index: isTaken.firstIndex(of: false) ?? slots.count) }

    mutating func insert(_ group: GroupScheduler) {
        let id = group.group
        precondition(id == nextID)
        if id.index == slots.count {
            slots.append(group)
            isTaken.append(true)
            isTouched.append(false)
        } else {
            slots[id.index] = group
            isTaken[id.index] = true
        }
        ids.insert(id, at: ids.firstIndex { $0 > id } ?? ids.count)
        if slots[id.index].isPipeline { pipelineCount += 1 }
        touch(id)
    }

    mutating func remove(_ id: GroupID) {
        queriedBefore += self[id].prefixQueriedTokens
        hitBefore += self[id].prefixHitTokens
        if slots[id.index].isPipeline { pipelineCount -= 1 }
        isTaken[id.index] = false
        ids.removeAll { $0 == id }
        touch(id)
    }

    package func contains(_ id: GroupID) -> Bool { id.index < slots.count && isTaken[id.index] }

    /// A group that exists. Changes are in place; handing it to somebody else copies it.
    package subscript(id: GroupID) -> GroupScheduler {
        get {
            precondition(isTaken[id.index], "no group \(id)")
            return slots[id.index]
        }
        _modify {
            precondition(isTaken[id.index], "no group \(id)")
            touch(id)
            yield &slots[id.index]
        }
    }

    /// The same for what a step changes, which is nothing that policies see unless a sequence
    /// comes, goes or grows by a span: only then is the group touched.
    subscript(stepping id: GroupID) -> GroupScheduler {
        get {
            precondition(isTaken[id.index], "no group \(id)")
            return slots[id.index]
        }
        _modify {
            precondition(isTaken[id.index], "no group \(id)")
            let before = outline(of: id)
            yield &slots[id.index]
            if outline(of: id) != before { touch(id) }
        }
    }

    package func sum(_ count: (GroupScheduler) -> Int) -> Int {
        var total = 0
        for id in ids { total += count(self[id]) }
        return total
    }

    package func map<Value>(_ transform: (GroupScheduler) -> Value) -> [Value] {
        ids.map { transform(slots[$0.index]) }
    }

    /// What curves show of a group. Complexity: O(running).
    package func census(of id: GroupID, in table: SequenceTable) -> GroupCensus {
        let slot = id.index
        let running = slots[slot].running
        return GroupCensus(
            stages: slots[slot].stages, running: running.count, waiting: slots[slot].waitingCount,
            stalled: slots[slot].isRunning
                ? table.stalledCount(among: running) : running.count,
            used: slots[slot].pool.usedCount, cached: slots[slot].pool.cached.count)
    }

    package var prefixQueriedTokens: TokenCount { queriedBefore + sum { $0.prefixQueriedTokens } }
    package var prefixHitTokens: TokenCount { hitBefore + sum { $0.prefixHitTokens } }
    /// Whether any group has several stages.
    var hasPipeline: Bool { pipelineCount > 0 }
    var areIdle: Bool { ids.allSatisfy { slots[$0.index].isIdle } }
}

// MARK: - Changes

extension GroupTable {
    /// What policies see of a group, as far as its steps can change it.
    private struct Outline: Equatable {
        let running: Int
        let waiting: Int
        let used: BlockCount
        let queued: BlockCount
        let lacksBlocks: Bool
    }

    private func outline(of id: GroupID) -> Outline {
        Outline(
            running: slots[id.index].running.count, waiting: slots[id.index].waitingCount,
            used: slots[id.index].pool.usedCount, queued: slots[id.index].waitingSpans,
            lacksBlocks: slots[id.index].lacksBlocks)
    }

    /// The group may have changed.
    mutating func touch(_ id: GroupID) {
        guard !isTouched[id.index] else { return }
        isTouched[id.index] = true
        touched.append(id)
    }

    /// Every group may have changed: they share instances while one takes another's place.
    mutating func touchAll() {
        for id in ids { touch(id) }
    }

    /// How full a group is.
    mutating func fill(
        of id: GroupID, _ stores: [BlockStore], _ table: SequenceTable
    ) -> GroupFill {
        slots[id.index].fill(stores, table)
    }

    /// The groups that may have changed, or are gone, since the last call. Complexity: O(those).
    mutating func takeTouched(into changed: inout [GroupID]) {
        changed.removeAll(keepingCapacity: true)
        swap(&changed, &touched)
        for id in changed { isTouched[id.index] = false }
    }
}
