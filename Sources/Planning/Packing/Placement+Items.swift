internal import Domain

/// How sequences make items. Bundles hold more than the largest fragment and at most the largest
/// tiny sequence, so that they count as tiny, as Mell §VI-A wants; the paper does not say how they
/// come about. Here a fragment joins the smallest bundle of its site; a bundle that grows too large
/// gives members to a new one; one that gets too small merges with the smallest other, if that does
/// not get too large. So a site has at most one bundle that is too small.
extension Placement {
    mutating func attach(_ resident: Int, to site: Int) {
        let size = residents[resident].size
        let isFragment = classes.of(size) == .fragment
        let bundle = isFragment ? smallestBundle(at: site, withRoomFor: size) : nil
        let item = bundle ?? openItem(at: site, isBundle: isFragment)
        residents[resident].item = item
        residents[resident].place = items[item].members.count
        items[item].members.append(resident)
        sites[site].residents += 1
        sites[site].idleSince = nil
        change(item, by: size)
    }

    mutating func detach(_ resident: Int) {
        guard let item = residents[resident].item else {
            preconditionFailure("no sequence \(resident)")
        }
        takeMember(resident, from: item)
        sites[items[item].site].residents -= 1
        change(item, by: -residents[resident].size)
        if items[item].members.isEmpty { closeItem(item) } else { tidy(item) }
    }

    /// An item grows or shrinks, and may change its class.
    mutating func change(_ item: Int, by delta: BlockCount) {
        let site = items[item].site
        sites[site].used += delta
        count(item, times: -1)
        items[item].size += delta
        if !items[item].isBundle { items[item].kind = classes.of(items[item].size) }
        count(item, times: 1)
    }

    /// Splits or merges a bundle of a size that is not a bundle's.
    mutating func tidy(_ item: Int) {
        guard items[item].isBundle else { return }
        if items[item].size > classes.mostTiny { split(item) }
        if items[item].size <= classes.mostFragment { merge(item) }
    }

    /// For new classes: all items of all sites.
    mutating func formItemsAnew() {
        var residentsOfSites = sites.map { _ in [Int]() }
        for resident in residents.indices {
            if let site = site(of: resident) { residentsOfSites[site].append(resident) }
        }
        items = []
        vacantItems = []
        for site in sites.indices {
            itemsOfSites[site] = []
            (sites[site].residents, sites[site].used, sites[site].frame) = (0, 0, 0)
            (sites[site].small, sites[site].medium, sites[site].large) = (0, 0, 0)
            for resident in residentsOfSites[site] { attach(resident, to: site) }
        }
    }

    private mutating func count(_ item: Int, times: Int) {
        let kind = items[item].kind
        guard kind >= .small else { return }
        let site = items[item].site
        sites[site].frame += items[item].size * times
        switch kind {
        case .small: sites[site].small += times
        case .medium: sites[site].medium += times
        default: sites[site].large += times
        }
    }

    private func smallestBundle(
        at site: Int, withRoomFor size: BlockCount, except: Int? = nil
    ) -> Int? {
        var best: Int?
        for item in itemsOfSites[site] where items[item].isBundle && item != except {
            guard items[item].size + size <= classes.mostTiny else { continue }
            if let chosen = best, items[chosen].size <= items[item].size { continue }
            best = item
        }
        return best
    }

    private mutating func split(_ item: Int) {
        while items[item].size > classes.mostTiny {
            let part = openItem(at: items[item].site, isBundle: true)
            while items[part].size <= classes.mostFragment, let last = items[item].members.last {
                rebundle(last, from: item, to: part)
            }
        }
    }

    private mutating func merge(_ item: Int) {
        let other = smallestBundle(
            at: items[item].site, withRoomFor: items[item].size, except: item)
        guard let other else { return }
        let isShorter = items[item].members.count <= items[other].members.count
        let (from, to) = isShorter ? (item, other) : (other, item)
        while let last = items[from].members.last { rebundle(last, from: from, to: to) }
        closeItem(from)
    }

    private mutating func rebundle(_ resident: Int, from: Int, to: Int) {
        takeMember(resident, from: from)
        items[from].size -= residents[resident].size
        residents[resident].item = to
        residents[resident].place = items[to].members.count
        items[to].members.append(resident)
        items[to].size += residents[resident].size
    }

    private mutating func takeMember(_ resident: Int, from item: Int) {
        let place = residents[resident].place
        guard let last = items[item].members.popLast() else { return }
        if last != resident {
            items[item].members[place] = last
            residents[last].place = place
        }
        residents[resident].item = nil
    }

    private mutating func openItem(at site: Int, isBundle: Bool) -> Int {
        let new = Item(site: site, isBundle: isBundle)
        guard let vacant = vacantItems.popLast() else {
            items.append(new)
            itemsOfSites[site].append(items.count - 1)
            return items.count - 1
        }
        items[vacant] = new
        itemsOfSites[site].append(vacant)
        return vacant
    }

    private mutating func closeItem(_ item: Int) {
        let site = items[item].site
        if let place = itemsOfSites[site].firstIndex(of: item) {
            itemsOfSites[site].remove(at: place)
        }
        vacantItems.append(item)
    }
}
