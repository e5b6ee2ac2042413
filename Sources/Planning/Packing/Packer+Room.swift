internal import Domain

/// How full hosts are.
extension Packer {
    /// How much of a host's memory may be used.
    enum Line {
        /// For what is placed: less the reserve for growth and a margin.
        case placing
        /// For what has grown: less the reserve for growth.
        case keeping
        /// All of it.
        case full
    }

    /// Blocks free below the line; less than none on a host that is too full. `more` sequences on
    /// top need a reserve too.
    func room(at site: Int, _ line: Line, for more: Int = 0) -> BlockCount {
        let each = placement.sites[site]
        return ceiling(of: site, line, for: more) - each.used - each.leaving
    }

    /// Blocks free below the line if all tiny sequences went.
    func roomBesideFrame(at site: Int) -> BlockCount {
        let each = placement.sites[site]
        return ceiling(of: site, .placing, for: 1) - each.frame - each.leaving
    }

    /// Blocks short of the fill level; what must stay free counts as filled.
    func shortage(at site: Int) -> BlockCount {
        let capacity = placement.sites[site].capacity
        return configuration.fillLevel.of(capacity) - (capacity - room(at: site, .placing))
    }

    /// Whether a host has the memory that classes relate to, and takes and gives.
    func isRegular(_ site: Int) -> Bool {
        placement.sites[site].isOpen && placement.sites[site].capacity == placement.capacity
    }

    /// Holds as many of its largest class as its memory is meant for.
    func isComplete(_ site: Int) -> Bool {
        let each = placement.sites[site]
        return each.count(of: each.kind) >= Packer.fullCount(of: each.kind)
    }

    static func fullCount(of kind: SizeClass) -> Int {
        switch kind {
        case .fragment, .tiny: 0
        case .small: 3
        case .medium: 2
        case .large: 1
        }
    }

    /// Of the hosts of a class, the one that may be part full: with the least in small or larger
    /// sequences, then the least in all.
    func tail(of kind: SizeClass) -> Int? {
        var best: Int?
        for site in placement.sites.indices where placement.sites[site].residents > 0 {
            guard placement.sites[site].kind == kind, isRegular(site) else { continue }
            if let chosen = best, !isEmptier(site, than: chosen) { continue }
            best = site
        }
        return best
    }

    /// Ties go to the host with the higher id: the lower ones stay.
    private func isEmptier(_ site: Int, than other: Int) -> Bool {
        let (left, right) = (placement.sites[site], placement.sites[other])
        return (left.frame, left.used, other) < (right.frame, right.used, site)
    }

    private func ceiling(of site: Int, _ line: Line, for more: Int) -> BlockCount {
        let each = placement.sites[site]
        guard line != .full else { return each.capacity }
        let reserve =
            configuration.growthReserve.of(each.capacity)
            + configuration.growthPerSequence * (each.residents + more)
        guard line == .placing else { return each.capacity - reserve }
        return each.capacity - reserve - configuration.placementMargin.of(each.capacity)
    }
}
