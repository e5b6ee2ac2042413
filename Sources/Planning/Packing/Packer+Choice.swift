internal import Domain

/// Which host a sequence goes to.
extension Packer {
    /// What is to be placed: one sequence, or several together.
    struct Demand {
        var size: BlockCount
        var count = 1
        var kind: SizeClass
        /// Where it is now; it does not go there.
        var from: Int?
    }

    /// For a new sequence: within the reserves if it can be, else within what there is.
    func choose(for size: BlockCount) -> Int? {
        let demand = Demand(size: size, kind: placement.classes.of(size))
        for line in [Line.placing, .keeping, .full] {
            if let site = choose(for: demand, line, mayOpen: true) { return site }
        }
        return nil
    }

    /// The best host with room below the line. Complexity: O(hosts).
    func choose(for demand: Demand, _ line: Line, mayOpen: Bool) -> Int? {
        let tail = policy == .mell ? tail(of: .tiny) : nil
        let most = placement.sites.reduce(1) { max($0, $1.residents) }
        var best: (site: Int, tier: Int, score: Double)?
        for site in placement.sites.indices
        where placement.sites[site].isOpen && site != demand.from {
            guard room(at: site, line, for: demand.count) >= demand.size else { continue }
            guard mayOpen || placement.sites[site].residents > 0 else { continue }
            let tier = tier(of: site, for: demand.kind, tail: tail)
            if let best, best.tier < tier { continue }
            let score = score(of: site, from: demand.from, mostResidents: most)
            if let best, best.tier == tier, best.score >= score { continue }
            best = (site, tier, score)
        }
        return best?.site
    }

    /// What comes first; among equals the score decides. Opening is the last resort.
    private func tier(of site: Int, for kind: SizeClass, tail: Int?) -> Int {
        let each = placement.sites[site]
        if each.isEmpty { return 9 }
        // What is being emptied is in use yet.
        if each.residents == 0 { return 8 }
        guard policy == .mell else { return 0 }
        guard isRegular(site) else { return 7 }
        switch kind {
        case .fragment, .tiny: return tierForTiny(at: site, tail: tail)
        case .small, .medium:
            if each.kind == .large { return 0 }
            if each.kind == kind, !isComplete(site) { return 1 }
            return each.kind == .tiny ? 2 : 3
        case .large:
            if each.kind == .medium || each.kind == .small { return 0 }
            return site == tail ? 1 : 2
        }
    }

    /// Groups with a large sequence, or full of medium or small ones, before those with tiny ones
    /// only: the paper's allocation skips the second kind, without which it misses its own bound.
    private func tierForTiny(at site: Int, tail: Int?) -> Int {
        switch placement.sites[site].kind {
        case .large: 0
        case .medium, .small: isComplete(site) ? 1 : 4
        case .tiny, .fragment: site == tail ? 3 : 2
        }
    }

    private func score(of site: Int, from: Int?, mostResidents: Int) -> Double {
        let each = placement.sites[site]
        let free = Double(each.capacity - each.used - each.leaving) / Double(max(1, each.capacity))
        switch policy {
        case .bestFit: return -Double(each.capacity - each.used - each.leaving)
        case .worstFit, .loadBalance: return Double(each.capacity - each.used - each.leaving)
        case .mell: break
        }
        let fewness = 1 - Double(each.residents) / Double(mostResidents)
        let isNear = from.map { placement.sites[$0].host?.machine == each.host?.machine } ?? false
        return configuration.requestWeight * fewness + configuration.freeMemoryWeight * free
            + (isNear ? configuration.nearnessWeight : 0)
    }
}
