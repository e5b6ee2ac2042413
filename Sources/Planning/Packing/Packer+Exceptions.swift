internal import Domain

/// What the packing lacks, for checks and metrics.
extension Packer {
    /// Counts regular hosts (see `Packer`). Complexity: O(hosts × sequences above tiny).
    package func exceptions() -> PackingExceptions {
        var exceptions = PackingExceptions()
        let tails = (
            tiny: tail(of: .tiny), small: tail(of: .small), medium: tail(of: .medium)
        )
        for site in placement.sites.indices where placement.sites[site].residents > 0 {
            if room(at: site, .full) < 0 { exceptions.overfull += 1 }
            guard isRegular(site) else { continue }
            let isUnderfilled = shortage(at: site) > 0
            switch placement.sites[site].kind {
            case .fragment, .tiny:
                if isUnderfilled, site != tails.tiny { exceptions.tiny += 1 }
            case .small:
                if lacks(site, from: tails.small) { exceptions.small += 1 }
            case .medium:
                if lacks(site, from: tails.medium) { exceptions.medium += 1 }
                if isUnderfilled, tails.tiny != nil, isComplete(site) {
                    exceptions.underfilled += 1
                }
            case .large:
                if couldPair(site) { exceptions.large += 1 }
                if isUnderfilled, tails.tiny != nil { exceptions.underfilled += 1 }
            }
        }
        return exceptions
    }

    /// The tail of its class has another of this class that fits.
    private func lacks(_ site: Int, from tail: Int?) -> Bool {
        guard let tail, tail != site, !isComplete(site) else { return false }
        let kind = placement.sites[site].kind
        return placement.itemsOfSites[tail].contains {
            placement.items[$0].kind == kind
                && placement.items[$0].size <= room(at: site, .placing, for: 1)
        }
    }

    private func couldPair(_ site: Int) -> Bool {
        let each = placement.sites[site]
        guard each.large == 1, each.small + each.medium == 0 else { return false }
        let room = room(at: site, .placing, for: 1)
        return placement.sites.indices.contains { donor in
            isRegular(donor) && [.small, .medium].contains(placement.sites[donor].kind)
                && placement.itemsOfSites[donor].contains {
                    placement.items[$0].kind >= .small && placement.items[$0].size <= room
                }
        }
    }
}
