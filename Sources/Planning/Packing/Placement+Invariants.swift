extension Placement {
    /// Traps if the books contradict each other. Complexity: O(sequences).
    func checkInvariants() {
        checkMembers()
        for site in sites.indices { checkSite(site) }
        for site in sites.indices {
            let leaving = residents.filter { $0.leaving == site }.reduce(0) { $0 + $1.size }
            precondition(sites[site].leaving == leaving, "blocks that leave are miscounted")
        }
    }

    private func checkMembers() {
        for (index, resident) in residents.enumerated() {
            guard let item = resident.item else { continue }
            precondition(items[item].members[resident.place] == index, "a member out of place")
            precondition(itemsOfSites[items[item].site].contains(item), "an item without a site")
            precondition(resident.origin == nil, "a plan was left unfinished")
        }
    }

    private func checkSite(_ index: Int) {
        let site = sites[index]
        precondition(
            site.host != nil || itemsOfSites[index].isEmpty, "sequences on a host that is gone")
        var (used, frame, count, incomplete) = (0, 0, 0, 0)
        for item in itemsOfSites[index] {
            let (each, size) = (items[item], items[item].size)
            precondition(each.site == index && !each.members.isEmpty)
            precondition(each.members.reduce(0) { $0 + residents[$1].size } == size)
            let areFragments = each.members.allSatisfy {
                classes.of(residents[$0].size) == .fragment
            }
            if each.isBundle {
                precondition(areFragments && size <= classes.mostTiny, "a bundle too large")
                incomplete += size <= classes.mostFragment ? 1 : 0
            } else {
                precondition(!areFragments && each.members.count == 1, "a fragment alone")
                precondition(each.kind == classes.of(size), "a sequence in the wrong class")
            }
            used += size
            frame += each.kind >= .small ? size : 0
            count += each.members.count
        }
        precondition(incomplete <= 1, "bundles too small")
        precondition(site.used == used && site.frame == frame && site.residents == count)
        let kinds = itemsOfSites[index].map { items[$0].kind }
        for kind in [SizeClass.small, .medium, .large] {
            precondition(site.count(of: kind) == kinds.count { $0 == kind })
        }
    }
}
