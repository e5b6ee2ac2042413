internal import Domain

extension StagePartition {
    /// How many layers a stage may have, by its place in the group.
    struct Limits {
        private let byPlace: [ClosedRange<Int>?]

        /// `layers` is asked once for every kind of place; `nil` is a place that cannot be filled.
        init(_ layers: (_ isFirst: Bool, _ isLast: Bool) -> ClosedRange<Int>?) {
            byPlace = [
                layers(false, false), layers(true, false), layers(false, true), layers(true, true),
            ]
        }

        func layers(isFirst: Bool, isLast: Bool) -> ClosedRange<Int>? {
            byPlace[(isFirst ? 1 : 0) + (isLast ? 2 : 0)]
        }
    }

    /// By state and layer: whether the members placed so far can end before that layer.
    struct Reach {
        fileprivate var ends: [Bool]
    }
}

extension StagePartition.Orders {
    /// Goes through all states, or finds that no cut keeps the limits.
    /// Complexity: O(states × layers × chains).
    func reach(_ limits: StagePartition.Limits) -> StagePartition.Reach? {
        let last = stateCount - 1
        var ends = [Bool](repeating: false, count: stateCount * (layerCount + 1))
        ends[0] = true
        for state in 0..<last {
            for chain in chains.indices {
                guard let member = member(of: chain, after: state) else { continue }
                let next = state + strides[chain]
                guard let layers = limits.layers(isFirst: state == 0, isLast: next == last) else {
                    continue
                }
                extend(&ends, from: state, to: next, by: layers, within: windows[member])
            }
        }
        return ends[ends.count - 1] ? StagePartition.Reach(ends: ends) : nil
    }

    /// The member of a chain that comes next in a state.
    private func member(of chain: Int, after state: Int) -> Int? {
        let members = chains[chain]
        let placed = state / strides[chain] % (members.count + 1)
        return placed < members.count ? members[placed] : nil
    }

    /// Marks every end of a stage that starts where `state` can end.
    private func extend(
        _ ends: inout [Bool], from state: Int, to next: Int, by layers: ClosedRange<Int>,
        within window: LayerRange
    ) {
        let (row, nextRow) = (state * (layerCount + 1), next * (layerCount + 1))
        var latest: Int?
        for start in window where start + layers.lowerBound <= window.upperBound {
            let end = start + layers.lowerBound
            if ends[row + start] { latest = start }
            if let latest, end - latest <= layers.upperBound { ends[nextRow + end] = true }
        }
    }

    /// Walks back from the end, each time to the start that leaves the members before nearest to
    /// their even share.
    func trace(
        _ reach: StagePartition.Reach, _ limits: StagePartition.Limits
    ) -> [StagePartition.Cut] {
        var cuts: [StagePartition.Cut] = []
        var (state, end) = (stateCount - 1, layerCount)
        for before in windows.indices.reversed() {
            let share = (end * before + before) / (before + 1)
            let steps = chains.indices.compactMap { chain in
                step(back: chain, from: state, end, near: share, reach, limits)
            }
            let best = steps.min { left, right in
                let (first, second) = (left.cut.layers.lowerBound, right.cut.layers.lowerBound)
                return abs(first - share) < abs(second - share)
            }
            guard let best else { preconditionFailure("nothing leads to a state in reach") }
            cuts.append(best.cut)
            (state, end) = (best.state, best.cut.layers.lowerBound)
        }
        return cuts.reversed()
    }

    /// The last stage before `end` if it is of this chain, starting as near to `share` as can be.
    private func step(
        back chain: Int, from state: Int, _ end: Int, near share: Int,
        _ reach: StagePartition.Reach, _ limits: StagePartition.Limits
    ) -> (cut: StagePartition.Cut, state: Int)? {
        let previous = state - strides[chain]
        let placed = state / strides[chain] % (chains[chain].count + 1)
        guard
            placed > 0, case let member = chains[chain][placed - 1],
            end <= windows[member].upperBound,
            let layers = limits.layers(isFirst: previous == 0, isLast: state == stateCount - 1)
        else { return nil }
        let row = previous * (layerCount + 1)
        let start = windows[member].filter { start in
            layers.contains(end - start) && reach.ends[row + start]
        }.min { abs($0 - share) < abs($1 - share) }
        return start.map { (StagePartition.Cut(member: member, layers: $0..<end), previous) }
    }
}
