import Domain
import Planning
import TestSupport
import Testing

struct DropPlannerPropertyTests {
    /// Random cells against the rule read aloud, merge by merge.
    @Test(arguments: 0..<300)
    func plansAreThoseOfTheRule(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let cell = RandomCell(using: &random)
        let planner = DropPlanner(
            shapes: cell.shapes, headCost: [0, 0.7, 3].randomElement(using: &random) ?? 0)
        let steps = GreedySteps(planner, cell)
        for (merges, step) in steps.all.enumerated() {
            let plan = try #require(planner.plan(cell.groups, freeing: step.freed))
            expectValid(plan, of: cell.groups, cell.shapes)
            #expect(plan.freed >= step.freed)
            let first = steps.all.firstIndex { $0.freed >= step.freed } ?? merges
            #expect(plan.merges.map(\.groups) == steps.all[first].merged)
            #expect(plan.freed == steps.all[first].freed)
        }
        let most = steps.all.map(\.freed).max() ?? .zero
        #expect(planner.plan(cell.groups, freeing: most + ByteCount(1)) == nil)
        #expect(
            planner.smallestMerge(cell.groups)?.merges.map(\.groups)
                == (steps.all.count > 1 ? steps.all[1].merged : nil))
    }

    /// Drops on top of drops, until nothing can merge any more.
    @Test(arguments: 0..<50)
    func everyFurtherDropIsValid(seed: Int) {
        var random = SplitMix64(seed: seed)
        let cell = RandomCell(using: &random)
        let planner = DropPlanner(shapes: cell.shapes)
        var groups = cell.groups
        for round in 0..<100 {
            guard let plan = planner.smallestMerge(groups) else { return }
            expectValid(plan, of: groups, cell.shapes)
            for merge in plan.merges {
                let live = groups.filter { merge.groups.contains($0.id) }.map(\.liveBlocks)
                groups.removeAll { merge.groups.contains($0.id) }
                groups.append(
                    PlannableGroup(
                        id: merge.groups[round % merge.groups.count], stages: merge.stages,
                        liveBlocks: live.reduce(0, +)))
            }
        }
        Issue.record("merges without an end")
    }
}

/// Groups of one to four instances, alike or not.
private struct RandomCell {
    private(set) var shapes: [InstanceMemoryShape] = []
    private(set) var groups: [PlannableGroup] = []

    init(using random: inout SplitMix64) {
        let layerCount = Int.random(in: 1...10, using: &random)
        let sharesEmbedding = Bool.random(using: &random)
        let kinds = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            InstanceMemoryShape.random(
                layers: layerCount, sharesEmbedding: sharesEmbedding, using: &random)
        }
        for id in 0..<Int.random(in: 1...10, using: &random) {
            let layers = [LayerRange].randomPipeline(
                layerCount: layerCount, stages: max(1, .random(in: -3...4, using: &random)),
                using: &random)
            groups.append(
                PlannableGroup(
                    id * 3, from: shapes.count, layers, live: .random(in: 0...2, using: &random)))
            for _ in layers { shapes.append(kinds.randomElement(using: &random) ?? kinds[0]) }
        }
        groups.shuffle(using: &random)
    }
}

/// The greedy rule, told as plainly as possible: what is merged, and free, after every merge.
private struct GreedySteps {
    private(set) var all: [(merged: [[GroupID]], freed: ByteCount)] = [([], .zero)]

    init(_ planner: DropPlanner, _ cell: RandomCell) {
        var parts = cell.groups.map { [$0] }
        while let (first, second) = Self.pair(in: parts, planner) {
            let merged = parts[first] + parts[second]
            for index in [first, second].sorted(by: >) { parts.remove(at: index) }
            parts.append(merged)
            let merges = parts.filter { $0.count > 1 }.compactMap { planner.merge($0) }
                .sorted { $0.groups[0] < $1.groups[0] }
            all.append((merges.map(\.groups), merges.reduce(.zero) { $0 + $1.freed }))
        }
    }

    private static func pair(in parts: [[PlannableGroup]], _ planner: DropPlanner) -> (Int, Int)? {
        func rank(_ part: [PlannableGroup]) -> (Int, Int, Int) {
            (
                part.reduce(0) { $0 + $1.stages.count }, part.reduce(0) { $0 + $1.liveBlocks },
                part.map(\.id.index).min() ?? 0
            )
        }
        let order = parts.indices.sorted { rank(parts[$0]) < rank(parts[$1]) }
        for (place, first) in order.enumerated() {
            for second in order[(place + 1)...]
            where planner.merge(parts[first] + parts[second]) != nil {
                return (first, second)
            }
        }
        return nil
    }
}
