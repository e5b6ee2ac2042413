internal import Domain

/// What moves together: a sequence, or fragments of one bundle.
extension Packer {
    /// No member moves already.
    func isMovable(_ item: Int) -> Bool {
        placement.items[item].members.allSatisfy { placement.residents[$0].leaving == nil }
    }

    /// Something that a host can give away: of the smallest class, and of this at least so many
    /// blocks if there is as much, without many more.
    func shed(from site: Int, atLeast need: BlockCount, upTo largest: SizeClass = .large) -> [Int]?
    {
        if let riders = riders(of: site, atLeast: need, atMost: .max) { return riders }
        for kind in [SizeClass.small, .medium, .large] where kind <= largest {
            let items = placement.itemsOfSites[site].filter {
                placement.items[$0].kind == kind && isMovable($0)
            }
            if let item = fitting(items, atLeast: need, atMost: .max) {
                return placement.items[item].members
            }
        }
        return nil
    }

    /// Tiny sequences or fragments of at least `need` blocks, and if there are none of fewer, but
    /// never of more than `room`. A part of a bundle is better than a whole one, which is better
    /// than a sequence by itself only if that is larger than needed.
    func riders(of site: Int, atLeast need: BlockCount, atMost room: BlockCount) -> [Int]? {
        let items = placement.itemsOfSites[site].filter { placement.items[$0].kind <= .tiny }
        var best: [Int]?
        var bestSize = 0
        for item in items where placement.items[item].isBundle {
            let part = fragments(of: item, atLeast: need, atMost: room)
            let size = part.reduce(0) { $0 + placement.residents[$1].size }
            if size > bestSize { (best, bestSize) = (part, size) }
            if size >= need { return part }
        }
        let singles = items.filter { !placement.items[$0].isBundle && isMovable($0) }
        if let item = fitting(singles, atLeast: need, atMost: room),
            placement.items[item].size > bestSize
        {
            return placement.items[item].members
        }
        return best
    }

    /// The smallest item that suffices, or else the largest; `nil` where none is small enough.
    private func fitting(_ items: [Int], atLeast need: BlockCount, atMost room: BlockCount) -> Int?
    {
        let sorted = items.filter { placement.items[$0].size <= room }.sorted {
            (placement.items[$0].size, placement.items[$0].members[0])
                < (placement.items[$1].size, placement.items[$1].members[0])
        }
        return sorted.first { placement.items[$0].size >= need } ?? sorted.last
    }

    /// The largest first, so that few move.
    private func fragments(
        of bundle: Int, atLeast need: BlockCount, atMost room: BlockCount
    ) -> [Int] {
        var (part, size) = ([Int](), 0)
        for resident in largestFirst(placement.items[bundle].members) where size < need {
            guard placement.residents[resident].leaving == nil,
                size + placement.residents[resident].size <= room
            else { continue }
            part.append(resident)
            size += placement.residents[resident].size
        }
        return part
    }

    func largestFirst(_ residents: [Int]) -> [Int] {
        residents.sorted {
            (placement.residents[$1].size, $0) < (placement.residents[$0].size, $1)
        }
    }

    /// Moves a part to other hosts, in pieces if no host has room for the whole. False if some of
    /// it stays.
    mutating func rehouse(_ part: [Int], mayOpen: Bool) -> Bool {
        guard let from = placement.site(of: part[0]) else { return false }
        var rest = largestFirst(part)
        while let smallest = rest.last {
            guard budget > 0 else { return false }
            let size = rest.reduce(0) { $0 + placement.residents[$1].size }
            let kind = rest.count > 1 ? .tiny : placement.classes.of(size)
            var demand = Demand(size: size, count: rest.count, kind: kind, from: from)
            var target = choose(for: demand, .placing, mayOpen: mayOpen)
            if target == nil {
                demand.size = placement.residents[smallest].size
                demand.count = 1
                target =
                    choose(for: demand, .placing, mayOpen: mayOpen)
                    ?? (mayOpen ? choose(for: demand, .keeping, mayOpen: true) : nil)
            }
            guard let target else { return false }
            budget -= 1
            rest = moveAsFits(rest, to: target)
        }
        return true
    }

    /// Returns what had no room. Something had.
    private mutating func moveAsFits(_ residents: [Int], to site: Int) -> [Int] {
        var rest: [Int] = []
        var hasMoved = false
        for resident in residents {
            let size = placement.residents[resident].size
            let isLast = resident == residents.last && !hasMoved
            if isLast || room(at: site, .placing, for: 1) >= size {
                placement.relocate(resident, to: site)
                hasMoved = true
            } else {
                rest.append(resident)
            }
        }
        return rest
    }
}
