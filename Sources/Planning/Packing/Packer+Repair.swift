internal import Domain

/// Mell's repairs, from the most urgent on.
extension Packer {
    mutating func repair() {
        for site in placement.sites.indices { relieve(site) }
        for site in placement.sites.indices { completeLarge(site) }
        complete(.medium)
        complete(.small)
        fillUp()
        for kind in [SizeClass.tiny, .small, .medium, .large] {
            while let tail = tail(of: kind), vacate(tail) {}
        }
    }

    /// Moves away what a host has no room for: the smallest class first, and down to where new
    /// sequences are placed, so that this is not needed again at once. The paper relieves only
    /// hosts with a large sequence.
    private mutating func relieve(_ site: Int) {
        guard placement.sites[site].isOpen, room(at: site, .keeping) < 0 else { return }
        while true {
            let excess = -room(at: site, .placing)
            guard excess > 0, budget > 0, let part = shed(from: site, atLeast: excess),
                rehouse(part, mayOpen: true)
            else { return }
        }
    }

    /// A small or medium sequence for a large one that is without (Mell, figure 10).
    private mutating func completeLarge(_ site: Int) {
        let each = placement.sites[site]
        guard isRegular(site), each.large == 1, each.small + each.medium == 0 else { return }
        let room = roomBesideFrame(at: site)
        let tails = [tail(of: .medium), tail(of: .small)]
        var best: (item: Int, rank: (Int, Int))?
        for donor in placement.sites.indices where isRegular(donor) {
            guard [.small, .medium].contains(placement.sites[donor].kind) else { continue }
            for item in placement.itemsOfSites[donor] where placement.items[item].size <= room {
                guard placement.items[item].kind >= .small, isMovable(item) else { continue }
                let rank = (tails.contains(donor) ? 1 : 0, placement.items[item].size)
                if best.map({ $0.rank < rank }) ?? true { best = (item, rank) }
            }
        }
        if let best { _ = pull(best.item, to: site) }
    }

    /// Takes from the tail of a class what its other hosts lack.
    private mutating func complete(_ kind: SizeClass) {
        while budget > 0, let tail = tail(of: kind) {
            let targets = placement.sites.indices.filter { site in
                site != tail && isRegular(site) && placement.sites[site].residents > 0
                    && placement.sites[site].kind == kind && !isComplete(site)
            }.sorted { (placement.sites[$1].frame, $0) < (placement.sites[$0].frame, $1) }
            let items = placement.itemsOfSites[tail].filter {
                placement.items[$0].kind == kind && isMovable($0)
            }.sorted { (placement.items[$1].size, $0) < (placement.items[$0].size, $1) }
            let hasMoved = targets.contains { target in
                items.contains { item in
                    placement.items[item].size <= roomBesideFrame(at: target)
                        && pull(item, to: target)
                }
            }
            guard hasMoved else { return }
        }
    }

    /// Moves a sequence to a host, from where tiny ones go elsewhere as far as they must. Nothing
    /// happens if they cannot without opening a host.
    private mutating func pull(_ item: Int, to site: Int) -> Bool {
        let (before, budgetBefore) = (placement.moveCount, budget)
        let resident = placement.items[item].members[0]
        let size = placement.items[item].size
        while room(at: site, .placing, for: 1) < size {
            let excess = size - room(at: site, .placing, for: 1)
            guard budget > 1, let part = shed(from: site, atLeast: excess, upTo: .tiny),
                rehouse(part, mayOpen: false)
            else {
                placement.undoMoves(after: before)
                budget = budgetBefore
                return false
            }
        }
        budget -= 1
        placement.relocate(resident, to: site)
        return true
    }

    /// Brings hosts to the fill level with tiny sequences of the tail.
    private mutating func fillUp() {
        let order = placement.sites.indices.filter { site in
            let each = placement.sites[site]
            return isRegular(site) && each.residents > 0 && (each.kind == .tiny || isComplete(site))
        }.sorted {
            let (left, right) = (placement.sites[$0], placement.sites[$1])
            return (right.kind, right.used, $0) < (left.kind, left.used, $1)
        }
        for site in order {
            while budget > 0, let tail = tail(of: .tiny), tail != site {
                let need = shortage(at: site)
                guard need > 0,
                    let part = riders(of: tail, atLeast: need, atMost: room(at: site, .placing))
                else { break }
                budget -= 1
                for resident in part { placement.relocate(resident, to: site) }
            }
        }
    }

    /// Empties a host if the others have room for all it holds.
    private mutating func vacate(_ site: Int) -> Bool {
        let each = placement.sites[site]
        let own = placement.itemsOfSites[site]
        guard own.count <= min(budget, configuration.mostItemMoves) else { return false }
        var room = 0
        for other in placement.sites.indices
        where other != site && placement.sites[other].residents > 0 && isRegular(other) {
            room += max(0, self.room(at: other, .placing))
        }
        guard room >= each.used + configuration.releaseMargin.of(each.capacity),
            own.allSatisfy(isMovable)
        else { return false }
        let (before, budgetBefore) = (placement.moveCount, budget)
        let items = own.map { placement.items[$0] }.sorted { left, right in
            (right.size, left.members[0]) < (left.size, right.members[0])
        }
        for item in items where !rehouse(item.members, mayOpen: false) {
            placement.undoMoves(after: before)
            budget = budgetBefore
            return false
        }
        return true
    }
}
