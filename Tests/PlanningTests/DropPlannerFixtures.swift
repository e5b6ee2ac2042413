import Domain
import Planning
import TestSupport
import Testing

extension InstanceMemoryShape {
    /// Layers of `pages` pages each; 1 KiB pages.
    static func even(
        layers: Int, pages: Int = 10, embedding: Int = 7, head: Int = 5,
        sharesEmbedding: Bool = false
    ) -> InstanceMemoryShape {
        InstanceMemoryShape(
            pageSize: .kibibytes(1), blockBytes: ByteCount(256), embeddingPages: embedding,
            layerPages: [Int](repeating: pages, count: layers), headPages: head,
            kvPagesPerLayer: 20, sparePages: 1, workspacePages: 2,
            sharesEmbedding: sharesEmbedding)
    }

    /// Every number at random, the page size too.
    static func random(
        layers: Int, sharesEmbedding: Bool, using random: inout SplitMix64
    ) -> InstanceMemoryShape {
        InstanceMemoryShape(
            pageSize: .kibibytes(1 << Int.random(in: 0...2, using: &random)),
            blockBytes: ByteCount(512), embeddingPages: .random(in: 1...9, using: &random),
            layerPages: (0..<layers).map { _ in .random(in: 1...30, using: &random) },
            headPages: .random(in: 1...9, using: &random), kvPagesPerLayer: 20, sparePages: 0,
            workspacePages: 0, sharesEmbedding: sharesEmbedding)
    }
}

extension PlannableGroup {
    /// A group of the instances from `first` on, which execute these layers.
    init(_ id: Int, from first: Int, _ ranges: [LayerRange], live liveBlocks: BlockCount = 0) {
        let stages = ranges.enumerated().map { place, layers in
            GroupStage(
                instance: InstanceID(index: first + place),
                range: StageRange(
                    layers: layers, hasEmbedding: place == 0, hasHead: place == ranges.count - 1))
        }
        self.init(id: GroupID(index: id), stages: stages, liveBlocks: liveBlocks)
    }

    /// Groups of one, all with the whole model.
    static func whole(_ count: Int, layers: Int) -> [PlannableGroup] {
        (0..<count).map { PlannableGroup($0, from: $0, [0..<layers]) }
    }
}

/// Checks that a plan keeps every promise of `DropPlan`, with nothing but the shapes' arithmetic.
func expectValid(
    _ plan: DropPlan, of groups: [PlannableGroup], _ shapes: [InstanceMemoryShape],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let groupOf = Dictionary(uniqueKeysWithValues: groups.map { ($0.id, $0) })
    var broken: [String] = []
    for merge in plan.merges {
        broken += brokenPromises(of: merge, merge.groups.compactMap { groupOf[$0] }, shapes)
    }
    let merged = plan.merges.flatMap(\.groups)
    if Set(merged).count != merged.count { broken.append("a group that merges twice") }
    let firsts = plan.merges.compactMap(\.groups.first)
    if firsts != firsts.sorted() { broken.append("merges out of order") }
    let freed = plan.merges.reduce(ByteCount.zero) { $0 + $1.freed }
    if plan.freed != freed { broken.append("\(plan.freed) freed, in parts \(freed)") }
    #expect(broken == [], sourceLocation: sourceLocation)
}

private func brokenPromises(
    of merge: DropPlan.Merge, _ groups: [PlannableGroup], _ shapes: [InstanceMemoryShape]
) -> [String] {
    var broken: [String] = []
    func check(_ holds: Bool, _ promise: String) { if !holds { broken.append(promise) } }
    let members = groups.flatMap { group in group.stages.map { (group: group, stage: $0) } }
    let old = Dictionary(uniqueKeysWithValues: members.map { ($0.stage.instance, $0) })
    check(merge.groups.count >= 2 && merge.groups == groups.map(\.id).sorted(), "groups in order")
    check(
        merge.stages.flatMap(\.range.layers) == Array(0..<shapes[0].layerCount),
        "each layer once, in order")
    check(merge.stages.count == old.count, "each instance once")
    var (freed, exchanged) = (ByteCount.zero, ByteCount.zero)
    for (place, stage) in merge.stages.enumerated() {
        guard let before = old[stage.instance] else { return broken + ["a foreign instance"] }
        let (from, to, shape) = (before.stage.range, stage.range, shapes[stage.instance.index])
        check(!to.layers.isEmpty, "a layer for everybody")
        check(to.hasEmbedding == (place == 0), "the embedding comes first")
        check(to.hasHead == (place == merge.stages.count - 1), "the head comes last")
        check(
            Set(shape.units(for: from)).isSuperset(of: shape.units(for: to)),
            "nothing that would have to be loaded")
        freed += shape.freed(from: from, to: to)
        let given = from.layers.filter { !to.layers.contains($0) }.count
        exchanged += shape.blockBytes * (given * before.group.liveBlocks)
    }
    check(merge.freed == freed, "freed bytes")
    check(merge.exchanged == exchanged, "exchanged bytes")
    return broken
}
