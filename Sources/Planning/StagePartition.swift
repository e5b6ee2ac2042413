package import Domain

/// How the layers of a model are cut among the members of one group.
///
/// A member may be given layers only within its *window*, those it executes now, since nothing is
/// loaded for a drop. A cut covers every layer once, gives everybody at least one, and makes the
/// dearest stage as cheap as possible; among such cuts the cheapest stage is as dear as possible,
/// and then the layers are spread evenly, earlier stages taking the odd ones.
///
/// Windows are always those of whole groups: the windows of each group cover every layer once.
package struct StagePartition: Sendable {
    package let layerCount: Int
    /// What the first stage costs beside its layers, in layers.
    package let embeddingCost: Double
    /// What the last stage costs beside its layers, in layers.
    package let headCost: Double
    /// Every cost that a stage can have, ascending.
    private let costs: [Double]

    /// Extra costs are taken as between nothing and the whole model: with more than that, the
    /// stage has one layer anyway.
    package init(layerCount: Int, headCost: Double = 0, embeddingCost: Double = 0) {
        let head = min(max(0, headCost), Double(layerCount))
        let embedding = min(max(0, embeddingCost), Double(layerCount))
        self.layerCount = layerCount
        self.headCost = head
        self.embeddingCost = embedding
        let extras = [(0, 0), (embedding, 0), (0, head), (embedding, head)]
        let all = (0...layerCount).flatMap { layers in
            extras.map { Self.cost(of: layers, embedding: $0.0, head: $0.1) }
        }.sorted()
        costs = all.indices.filter { $0 == 0 || all[$0 - 1] != all[$0] }.map { all[$0] }
    }

    /// One stage of a cut.
    package struct Cut: Hashable, Sendable {
        /// Index of the member's window.
        package var member: Int
        package var layers: LayerRange
    }

    /// What a stage costs, in layers.
    package func cost(of layers: Int, isFirst: Bool, isLast: Bool) -> Double {
        Self.cost(of: layers, embedding: isFirst ? embeddingCost : 0, head: isLast ? headCost : 0)
    }

    private static func cost(of layers: Int, embedding: Double, head: Double) -> Double {
        Double(layers) + embedding + head
    }

    /// The best cut in execution order, or `nil` when somebody would be left without a layer.
    ///
    /// The best there is, unless windows lie within each other in so many ways that the order of
    /// the stages is itself a large search (see `Orders`).
    /// Complexity: O(members × layers) for each cost that is tried: two as a rule, O(log layers)
    /// at most.
    package func cuts(of windows: [LayerRange]) -> [Cut]? {
        guard let orders = Orders(of: windows, layerCount: layerCount) else { return nil }
        let mean = (Double(layerCount) + embeddingCost + headCost) / Double(windows.count)
        // The mean may be a cost itself, rounded otherwise.
        let slack = mean * 1e-12
        let dearest = costs[costs.partitioned { $0 < mean - slack }...]
        let cheapest = costs[..<costs.partitioned { $0 <= mean + slack }].reversed()
        guard
            let most = dearest.firstPassing({ orders.reach(limits(least: 0, most: $0)) }),
            let least = cheapest.firstPassing({
                orders.reach(limits(least: $0, most: most.element))
            })
        else { return nil }
        return orders.trace(least.result, limits(least: least.element, most: most.element))
    }

    /// The numbers of layers with which a stage costs between `least` and `most`. Costs are
    /// compared as they are made, so that rounding cannot part equal ones.
    private func limits(least: Double, most: Double) -> Limits {
        Limits { isFirst, isLast in
            func cost(_ layers: Int) -> Double {
                self.cost(of: layers, isFirst: isFirst, isLast: isLast)
            }
            var fewest = max(1, Int(least - cost(0)))
            while cost(fewest) < least { fewest += 1 }
            var greatest = Int(max(0, most - cost(0))) + 1
            while greatest > 0, cost(greatest) > most { greatest -= 1 }
            return fewest <= greatest ? fewest...greatest : nil
        }
    }
}

extension RandomAccessCollection {
    /// The first index at which `isBefore` is false; it holds for all elements before and for
    /// none after. Complexity: O(log count).
    fileprivate func partitioned(_ isBefore: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, count)
        while count > 0 {
            let middle = index(low, offsetBy: count / 2)
            if isBefore(self[middle]) {
                low = index(after: middle)
                count -= count / 2 + 1
            } else {
                count /= 2
            }
        }
        return low
    }

    /// The first element with which `attempt` succeeds, which it then also does with all that
    /// follow. The very first is tried first, since it is the answer as a rule.
    /// Complexity: O(log count) attempts.
    fileprivate func firstPassing<Result>(
        _ attempt: (Element) -> Result?
    ) -> (element: Element, result: Result)? {
        guard let first else { return nil }
        if let result = attempt(first) { return (first, result) }
        var best: (element: Element, result: Result)?
        _ = dropFirst().partitioned { element in
            guard let result = attempt(element) else { return true }
            best = (element, result)
            return false
        }
        return best
    }
}
