import Domain
import Planning
import Testing

struct DropPlannerTests {
    private func planner(
        _ count: Int, layers: Int, sharesEmbedding: Bool = false
    ) -> (DropPlanner, [InstanceMemoryShape]) {
        let shape = InstanceMemoryShape.even(layers: layers, sharesEmbedding: sharesEmbedding)
        let shapes = [InstanceMemoryShape](repeating: shape, count: count)
        return (DropPlanner(shapes: shapes), shapes)
    }

    private func indices(_ plan: DropPlan?) -> [[Int]]? {
        plan.map { $0.merges.map { $0.groups.map(\.index) } }
    }

    /// One copy of the model of `InstanceMemoryShape.even`.
    private func model(layers: Int) -> ByteCount { .kibibytes(7 + 5 + 10 * layers) }

    /// For what is only expected, no group grows beyond two.
    @Test(
        arguments: [
            (0, 0, []), (0, 1, [2]), (1, 1, [2, 2]), (1, 9, [2, 2, 2]), (4, 9, [4, 2]),
            (5, 9, [6]),
        ] as [(Int, Int, [Int])])
    func whatIsExpectedIsMetByPairs(needed: Int, expected: Int, sizes: [Int]) throws {
        let (planner, shapes) = planner(6, layers: 6)
        let groups = (0..<6).map { PlannableGroup($0, from: $0, [0..<6]) }
        let plan = try #require(
            planner.plan(
                groups, freeing: model(layers: 6) * needed,
                expecting: model(layers: 6) * expected))
        #expect(plan.merges.map(\.stages.count).sorted(by: >) == sizes)
        expectValid(plan, of: groups, shapes)
    }

    /// A head as dear as two layers is no reason to give its stage two layers less of KV.
    @Test(arguments: [(2, [24, 24]), (8, [28, 20])] as [(Double, [Int])])
    func stagesHaveEqualMemoryUnlessOneIsMuchDearer(head: Double, layers: [Int]) throws {
        let shape = InstanceMemoryShape.even(layers: 48, sharesEmbedding: false)
        let planner = DropPlanner(shapes: [shape, shape], headCost: head)
        let groups = (0..<2).map { PlannableGroup($0, from: $0, [0..<48]) }
        let merge = try #require(planner.merge(groups))
        #expect(merge.stages.map(\.range.layers.count) == layers)
    }

    /// The paper's figure 6: of groups of 1, 2 and 3 instances, the first two merge.
    @Test func theTwoSmallestMerge() throws {
        let (planner, shapes) = planner(6, layers: 6)
        let groups = [
            PlannableGroup(0, from: 0, [0..<2, 2..<4, 4..<6]),
            PlannableGroup(1, from: 3, [0..<3, 3..<6]),
            PlannableGroup(2, from: 5, [0..<6]),
        ]
        let plan = try #require(planner.plan(groups, freeing: ByteCount(1)))
        #expect(indices(plan) == [[1, 2]])
        #expect(plan.freed == model(layers: 6))
        expectValid(plan, of: groups, shapes)
        #expect(planner.smallestMerge(groups) == plan)

        let all = try #require(planner.plan(groups, freeing: model(layers: 6) + ByteCount(1)))
        #expect(indices(all) == [[0, 1, 2]])
        #expect(all.freed == model(layers: 6) * 2)
        expectValid(all, of: groups, shapes)
    }

    @Test func stopsAsSoonAsEnoughIsFree() {
        let (planner, _) = planner(8, layers: 8)
        let groups = PlannableGroup.whole(8, layers: 8)
        let copy = model(layers: 8)
        #expect(indices(planner.plan(groups, freeing: .zero)) == [])
        #expect(indices(planner.plan(groups, freeing: copy)) == [[0, 1]])
        #expect(indices(planner.plan(groups, freeing: copy + ByteCount(1))) == [[0, 1], [2, 3]])
        let four = [[0, 1], [2, 3], [4, 5], [6, 7]]
        #expect(indices(planner.plan(groups, freeing: copy * 4)) == four)
        let five = [[0, 1, 2, 3], [4, 5], [6, 7]]
        #expect(indices(planner.plan(groups, freeing: copy * 5)) == five)
        #expect(indices(planner.plan(groups, freeing: copy * 7)) == [Array(0..<8)])
        #expect(planner.plan(groups, freeing: copy * 7 + ByteCount(1)) == nil)
    }

    @Test func theLeastKVIsExchangedThenTheLowestIDs() throws {
        let (planner, shapes) = planner(4, layers: 4)
        var groups = PlannableGroup.whole(4, layers: 4)
        #expect(indices(planner.smallestMerge(groups.reversed())) == [[0, 1]])
        groups[0].liveBlocks = 9
        groups[2].liveBlocks = 1
        groups[3].liveBlocks = 4
        let plan = try #require(planner.smallestMerge(groups))
        #expect(indices(plan) == [[1, 2]])
        // Half of the layers of each live block: 1 block × 2 layers.
        #expect(plan.merges.first?.exchanged == shapes[0].blockBytes * 2)
    }

    @Test func nothingMergesWithItself() {
        let (planner, _) = planner(1, layers: 4)
        let groups = PlannableGroup.whole(1, layers: 4)
        #expect(planner.smallestMerge(groups) == nil)
        #expect(planner.smallestMerge([]) == nil)
        #expect(planner.plan([], freeing: ByteCount(1)) == nil)
        #expect(planner.plan(groups, freeing: ByteCount(1)) == nil)
        #expect(planner.plan(groups, freeing: .zero)?.merges == [])
    }

    @Test func groupsNeverOutgrowTheLayers() throws {
        let (planner, shapes) = planner(7, layers: 2)
        let groups = PlannableGroup.whole(7, layers: 2)
        let copy = model(layers: 2)
        let plan = try #require(planner.plan(groups, freeing: copy * 3))
        #expect(indices(plan) == [[0, 1], [2, 3], [4, 5]])
        expectValid(plan, of: groups, shapes)
        #expect(planner.plan(groups, freeing: copy * 3 + ByteCount(1)) == nil)
    }

    /// The smallest two share a layer of which nobody else can take over a part.
    @Test func aPairThatCannotMergeDoesNotStopTheOthers() throws {
        let (planner, shapes) = planner(7, layers: 8)
        let groups = [
            PlannableGroup(0, from: 0, [0..<1, 1..<8]),
            PlannableGroup(1, from: 2, [0..<1, 1..<8]),
            PlannableGroup(2, from: 4, [0..<2, 2..<5, 5..<8]),
        ]
        let plan = try #require(planner.plan(groups, freeing: ByteCount(1)))
        #expect(indices(plan) == [[0, 2]])
        expectValid(plan, of: groups, shapes)
        #expect(planner.plan(groups, freeing: plan.freed + ByteCount(1)) == nil)
        #expect(planner.merge(Array(groups[..<2])) == nil)
    }

    @Test func aPipelineMergesWithAWholeModel() throws {
        let (planner, shapes) = planner(3, layers: 8)
        let groups = [
            PlannableGroup(4, from: 0, [0..<4, 4..<8], live: 3),
            PlannableGroup(2, from: 2, [0..<8], live: 5),
        ]
        let plan = try #require(planner.smallestMerge(groups))
        expectValid(plan, of: groups, shapes)
        let merge = try #require(plan.merges.first)
        #expect(merge.stages.map(\.instance.index) == [0, 2, 1])
        #expect(merge.stages.map(\.range.layers) == [0..<3, 3..<6, 6..<8])
        #expect(merge.exchanged == shapes[0].blockBytes * (3 * 3 + 5 * 5))
    }

    @Test func aSecondDropMergesTwoPipelines() throws {
        let (planner, shapes) = planner(4, layers: 8)
        let singles = PlannableGroup.whole(4, layers: 8)
        let copy = model(layers: 8)
        let first = try #require(planner.plan(singles, freeing: copy * 2))
        let pairs = first.merges.map {
            PlannableGroup(id: $0.groups[0], stages: $0.stages, liveBlocks: 1)
        }
        let second = try #require(planner.plan(pairs, freeing: ByteCount(1)))
        expectValid(second, of: pairs, shapes)
        #expect(second.freed == copy)
        #expect(second.merges[0].stages.map(\.instance.index) == [0, 2, 1, 3])
        #expect(
            second.merges[0].stages.map(\.range.layers) == [0..<2, 2..<4, 4..<6, 6..<8])
    }

    /// The stage with the head keeps the embedding table too, so one merge frees everything but
    /// that; further merges free whole copies of the model, table and all.
    @Test func aSharedEmbeddingStaysTwice() throws {
        let (planner, shapes) = planner(3, layers: 6, sharesEmbedding: true)
        let groups = PlannableGroup.whole(3, layers: 6)
        let plan = try #require(planner.smallestMerge(groups))
        expectValid(plan, of: groups, shapes)
        #expect(plan.freed == model(layers: 6) - .kibibytes(7))
        let all = try #require(planner.plan(groups, freeing: plan.freed + ByteCount(1)))
        expectValid(all, of: groups, shapes)
        #expect(all.freed == model(layers: 6) * 2 - .kibibytes(7))
    }

    /// Who keeps which layer decides what is freed.
    @Test func instancesMayDiffer() throws {
        var small = InstanceMemoryShape.even(layers: 4)
        small.layerPages = [1, 2, 3, 4]
        let shapes = [InstanceMemoryShape.even(layers: 4), small]
        let groups = PlannableGroup.whole(2, layers: 4)
        let plan = try #require(DropPlanner(shapes: shapes).smallestMerge(groups))
        expectValid(plan, of: groups, shapes)
        // Instance 0 gives two layers and the head; 1 the embedding and its first two layers.
        #expect(plan.freed == .kibibytes(2 * 10 + 5 + 7 + 1 + 2))
    }

    @Test func theHeadsCostMovesTheCut() throws {
        let shapes = [InstanceMemoryShape](repeating: .even(layers: 12), count: 2)
        let groups = PlannableGroup.whole(2, layers: 12)
        let plan = try #require(DropPlanner(shapes: shapes, headCost: 4).smallestMerge(groups))
        #expect(plan.merges[0].stages.map(\.range.layers) == [0..<8, 8..<12])
    }

    @Test func tenThousandInstances() throws {
        let (planner, shapes) = planner(10_000, layers: 24)
        let groups = (0..<10_000).map {
            PlannableGroup($0, from: $0, [0..<24], live: $0 * 7919 % 1000)
        }
        let copy = model(layers: 24)
        let plan = try #require(planner.plan(groups, freeing: copy * 6_000))
        expectValid(plan, of: groups, shapes)
        #expect(plan.freed == copy * 6_000)
        // 5 000 merges make pairs of all, and 1 000 more make fours of 2 000 of those.
        #expect(
            plan.merges.map(\.groups.count).sorted() == .init(repeating: 2, count: 3_000)
                + .init(repeating: 4, count: 1_000))
    }
}
