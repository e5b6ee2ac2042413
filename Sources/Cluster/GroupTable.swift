package import Domain
package import Scheduling

/// The groups of a cell by id. Ids of dissolved groups are given again, so they stay dense.
package struct GroupTable: Sendable {
    private var slots: [GroupScheduler?] = []
    /// Prefix-cache look-ups of groups that are no more.
    private var queriedBefore: TokenCount = 0
    private var hitBefore: TokenCount = 0

    /// The lowest id that is free.
    var nextID: GroupID { GroupID(index: slots.firstIndex { $0 == nil } ?? slots.count) }

    mutating func insert(_ group: GroupScheduler) {
        precondition(group.group == nextID)
        if group.group.index == slots.count {
            slots.append(group)
        } else {
            slots[group.group.index] = group
        }
    }

    mutating func remove(_ id: GroupID) {
        queriedBefore += self[id].prefixQueriedTokens
        hitBefore += self[id].prefixHitTokens
        slots[id.index] = nil
    }

    package func contains(_ id: GroupID) -> Bool {
        id.index < slots.count && slots[id.index] != nil
    }

    /// A group that exists. Changes are in place.
    package subscript(id: GroupID) -> GroupScheduler {
        get {
            guard let group = slots[id.index] else { preconditionFailure("no group \(id)") }
            return group
        }
        _modify {
            guard var group = slots[id.index].take() else { preconditionFailure("no group \(id)") }
            defer { slots[id.index] = group }
            yield &group
        }
    }

    /// The ids in use, ascending.
    package var ids: [GroupID] {
        slots.indices.filter { slots[$0] != nil }.map { GroupID(index: $0) }
    }

    package func sum(_ count: (GroupScheduler) -> Int) -> Int {
        var total = 0
        for index in slots.indices {
            if let group = slots[index] { total += count(group) }
        }
        return total
    }

    package func map<Value>(_ transform: (GroupScheduler) -> Value) -> [Value] {
        slots.compactMap { $0.map(transform) }
    }

    package var prefixQueriedTokens: TokenCount { queriedBefore + sum(\.prefixQueriedTokens) }
    package var prefixHitTokens: TokenCount { hitBefore + sum(\.prefixHitTokens) }
    var areIdle: Bool { slots.allSatisfy { $0?.isIdle ?? true } }
}
