import Domain
import Planning
import TestSupport
import Testing

struct StagePartitionTests {
    private func layers(_ windows: [LayerRange], of layerCount: Int) -> [LayerRange]? {
        StagePartition(layerCount: layerCount).cuts(of: windows)?.map(\.layers)
    }

    @Test func wholeModelsAreCutEvenly() {
        let whole = [LayerRange](repeating: 0..<32, count: 3)
        #expect(layers(whole, of: 32) == [0..<11, 11..<22, 22..<32])
        #expect(layers([0..<5], of: 5) == [0..<5])
        #expect(layers([LayerRange](repeating: 0..<3, count: 3), of: 3) == [0..<1, 1..<2, 2..<3])
    }

    @Test func nobodyGoesWithoutALayer() {
        #expect(layers([LayerRange](repeating: 0..<3, count: 4), of: 3) == nil)
        #expect(layers([0..<1, 1..<8, 0..<1, 1..<8], of: 8) == nil)
        #expect(layers([0..<1, 1..<8, 0..<2, 2..<8], of: 8) != nil)
        #expect(layers([], of: 8) == nil)
    }

    @Test func aPipelineTakesAWholeModelBetweenItsStages() {
        let cuts = StagePartition(layerCount: 8).cuts(of: [0..<4, 4..<8, 0..<8])
        #expect(cuts?.map(\.member) == [0, 2, 1])
        #expect(cuts?.map(\.layers) == [0..<3, 3..<6, 6..<8])
    }

    @Test func twoPipelinesInterleave() {
        let cuts = StagePartition(layerCount: 8).cuts(of: [0..<4, 4..<8, 0..<4, 4..<8])
        #expect(cuts?.map(\.member) == [0, 2, 1, 3])
        #expect(cuts?.map(\.layers) == [0..<2, 2..<4, 4..<6, 6..<8])
    }

    /// A window within another: where the wide one goes decides the balance.
    @Test func aWideWindowGoesWhereItHelps() {
        let cuts = StagePartition(layerCount: 8).cuts(of: [0..<2, 2..<5, 5..<8, 0..<8])
        #expect(cuts?.map(\.member) == [0, 1, 3, 2])
        #expect(cuts?.map(\.layers) == [0..<2, 2..<4, 4..<6, 6..<8])
    }

    @Test func headAndEmbeddingWeighAsLayers() {
        let whole = [LayerRange](repeating: 0..<12, count: 3)
        let cuts = StagePartition(layerCount: 12, headCost: 2, embeddingCost: 1).cuts(of: whole)
        #expect(cuts?.map(\.layers.count) == [4, 5, 3])
        let heavy = StagePartition(layerCount: 12, headCost: .infinity).cuts(of: whole)
        #expect(heavy?.map(\.layers.count) == [6, 5, 1])
        let odd = StagePartition(layerCount: 12, headCost: -.nan, embeddingCost: -3).cuts(of: whole)
        #expect(odd?.map(\.layers.count) == [4, 4, 4])
    }

    @Test(arguments: 0..<300)
    func noCutIsBetter(seed: Int) {
        var random = SplitMix64(seed: seed)
        let layerCount = Int.random(in: 1...8, using: &random)
        let costs = [0, 0, 0.5, 1, 2.3, 0.1]
        let partition = StagePartition(
            layerCount: layerCount, headCost: costs.randomElement(using: &random) ?? 0,
            embeddingCost: costs.randomElement(using: &random) ?? 0)
        var windows: [LayerRange] = []
        repeat {
            windows += .randomPipeline(
                layerCount: layerCount, stages: .random(in: 1...3, using: &random), using: &random)
        } while windows.count < 4 && Bool.random(using: &random)
        let best = BestCut(partition, windows)
        let cuts = partition.cuts(of: windows)
        #expect(partition.canCut(windows) == (best != nil))
        #expect((cuts != nil) == (best != nil))
        guard let cuts, let best else { return }
        expectValid(cuts, of: windows, layerCount: layerCount)
        #expect(cuts.costs(in: partition).max() == best.most)
        #expect(cuts.costs(in: partition).min() == best.least)
    }

    /// Too many orders to look at them all: the cut is valid all the same.
    @Test(arguments: 0..<20)
    func manyNestedWindowsAreCutToo(seed: Int) {
        var random = SplitMix64(seed: seed)
        var windows: [LayerRange] = []
        for _ in 0..<5 {
            windows += .randomPipeline(layerCount: 80, stages: 9, using: &random)
        }
        windows += [LayerRange](repeating: 0..<80, count: 20)
        let partition = StagePartition(layerCount: 80, headCost: 0.7)
        let cuts = partition.cuts(of: windows)
        #expect((cuts != nil) == partition.canCut(windows))
        if let cuts { expectValid(cuts, of: windows, layerCount: 80) }
    }

    private func expectValid(
        _ cuts: [StagePartition.Cut], of windows: [LayerRange], layerCount: Int
    ) {
        #expect(cuts.map(\.member).sorted() == Array(windows.indices))
        #expect(cuts.first?.layers.lowerBound == 0)
        #expect(cuts.last?.layers.upperBound == layerCount)
        for (cut, next) in zip(cuts, cuts.dropFirst()) {
            #expect(cut.layers.upperBound == next.layers.lowerBound)
        }
        for cut in cuts {
            #expect(!cut.layers.isEmpty)
            #expect(cut.layers.clamped(to: windows[cut.member]) == cut.layers)
        }
    }
}

extension [StagePartition.Cut] {
    /// What each stage costs.
    func costs(in partition: StagePartition) -> [Double] {
        indices.map { place in
            partition.cost(
                of: self[place].layers.count, isFirst: place == 0, isLast: place == count - 1)
        }
    }
}

extension [LayerRange] {
    /// Contiguous ranges that cover all layers, at most one for each.
    static func randomPipeline(
        layerCount: Int, stages: Int, using random: inout SplitMix64
    ) -> [LayerRange] {
        let inner = Array<Int>(1..<layerCount).shuffled(using: &random)
        let cuts = [0] + inner.prefix(stages - 1).sorted() + [layerCount]
        return zip(cuts, cuts.dropFirst()).map { $0..<$1 }
    }
}

/// The best cut of all orders and lengths, tried one by one.
private struct BestCut {
    private(set) var most = Double.infinity
    private(set) var least = 0.0
    private let partition: StagePartition
    private let windows: [LayerRange]

    init?(_ partition: StagePartition, _ windows: [LayerRange]) {
        self.partition = partition
        self.windows = windows
        extend(by: Array(windows.indices), from: 0, most: 0, least: .infinity)
        if most == .infinity { return nil }
    }

    private mutating func extend(by members: [Int], from start: Int, most: Double, least: Double) {
        if members.isEmpty, start == partition.layerCount {
            if (most, -least) < (self.most, -self.least) { (self.most, self.least) = (most, least) }
        }
        for member in members where windows[member].contains(start) {
            for end in start + 1...windows[member].upperBound {
                let cost = partition.cost(
                    of: end - start, isFirst: start == 0, isLast: members.count == 1)
                extend(
                    by: members.filter { $0 != member }, from: end, most: max(most, cost),
                    least: min(least, cost))
            }
        }
    }
}
