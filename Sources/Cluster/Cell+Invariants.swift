internal import Domain
internal import Planning
internal import Scheduling

extension Cell {
    /// Traps unless all books balance: every span is held as often as somebody says, every block
    /// lies under as many spans as its store says, every page of every instance is accounted for,
    /// and every sequence is in exactly one place. Complexity: O(blocks + sequences).
    package func checkInvariants() {
        checkGroups()
        checkStores()
        checkRoster()
        packer?.checkInvariants()
        for memory in memories { memory.checkInvariants() }
        let placed = groups.sum { $0.running.count + $0.waitingCount }
        if table.count == 0 {
            precondition(
                tallies.allSatisfy {
                    $0.highPriority == 0 && $0.batch == 0 && $0.interactive == 0
                })
        }
        let away = swapped.count(where: \.isOut) + unbegunCount
        precondition(placed + away == table.count, "\(placed) + \(away) of \(table.count)")
        for (request, id) in sequences {
            precondition(table[id].request == request && table[id].phase != .leaving)
        }
    }

    private func checkGroups() {
        for id in groups.ids {
            var others: [SpanID] = []
            for relocation in relocations {
                if relocation.from == id { others += relocation.sources }
                if relocation.to == id { others += relocation.targets }
            }
            for entry in swapped where entry.group == id { others += entry.spans }
            groups[id].checkInvariants(table: table, others: others)
            for sequence in groups[id].running { precondition(groupOf[sequence.index] == id) }
            let high = groups[id].running.count { isHighPriority($0) }
            let tally = tally(of: id)
            precondition(high <= tally.highPriority, "\(high) of high priority in \(id)")
            let batch = groups[id].running.count { isBatch($0) }
            precondition(batch <= tally.batch, "\(batch) batch requests in \(id)")
            var next = 0
            for stage in groups[id].stages {
                precondition(stage.range.layers.lowerBound == next, "\(id) lacks layer \(next)")
                next = stage.range.layers.upperBound
            }
            precondition(next == memories[0].shape.layerCount, "\(id) lacks layer \(next)")
        }
    }

    /// Whoever is there is a member of a group, and whoever is absent holds nothing.
    private func checkRoster() {
        let members = servedInstances
        for index in memories.indices {
            let instance = InstanceID(index: index)
            let isThere = roster.isPresent(instance)
            precondition(!isThere || !isLost[index], "instance \(index) is lost and there")
            let isMember = members.contains(instance)
            precondition(!isThere || isMember, "instance \(index) is in no group")
            guard !isThere, !isLost[index] else { continue }
            let isEmpty = stores[index].usedCount == 0 && memories[index].isWhole
            precondition(!isMember && isEmpty, "instance \(index) is absent and holds something")
        }
        precondition(roster.leaving.allSatisfy { draining.contains($0) }, "who leaves drains")
    }

    private func checkStores() {
        var uses = stores.map { Array(repeating: Int32(0), count: $0.capacity) }
        for id in groups.ids { groups[id].pool.countBlocks(into: &uses) }
        for (index, store) in stores.enumerated() {
            store.checkInvariants(uses: uses[index])
            precondition(store.capacity == memories[index].blockCount, "blocks of \(index)")
        }
        let held = swapped.reduce(0) { $0 + $1.hostBlocks.count }
        precondition(held == hostStore.usedCount, "host blocks")
    }
}
