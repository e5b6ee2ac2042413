internal import Domain

/// Load balancing, the baseline with moves.
extension Packer {
    /// The fullest host with the emptiest, the second with the second, and so on: each pair moves
    /// the largest sequence after which the fuller one is still the fuller (after Llumnix §4.4).
    mutating func balance() {
        let order = placement.sites.indices.filter { site in
            placement.sites[site].isOpen && !placement.sites[site].isEmpty
        }.sorted { (load($1), $0) < (load($0), $1) }
        for pair in 0..<order.count / 2 {
            let (high, low) = (order[pair], order[order.count - 1 - pair])
            let gap = load(high) - load(low)
            let least =
                Double(configuration.balanceGap.numerator)
                / Double(configuration.balanceGap.denominator)
            guard gap > least, budget > 0, let resident = evening(high, low) else { continue }
            budget -= 1
            placement.relocate(resident, to: low)
        }
    }

    /// The share of a host's memory that is in use.
    private func load(_ site: Int) -> Double {
        let each = placement.sites[site]
        return Double(each.used + each.leaving) / Double(max(1, each.capacity))
    }

    private func evening(_ high: Int, _ low: Int) -> Int? {
        let gap = load(high) - load(low)
        let perBlock =
            1 / Double(placement.sites[high].capacity) + 1 / Double(placement.sites[low].capacity)
        var best: Int?
        for item in placement.itemsOfSites[high] {
            for resident in placement.items[item].members {
                let size = placement.residents[resident].size
                guard placement.residents[resident].leaving == nil, size > 0,
                    Double(size) * perBlock < gap, room(at: low, .placing, for: 1) >= size
                else { continue }
                if let best, (placement.residents[best].size, resident) >= (size, best) { continue }
                best = resident
            }
        }
        return best
    }
}
