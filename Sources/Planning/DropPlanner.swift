package import Domain

/// A group as the planner sees it.
package struct PlannableGroup: Hashable, Sendable {
    package var id: GroupID
    /// In execution order; together they hold every unit.
    package var stages: [GroupStage]
    /// Blocks with KV of ongoing sequences.
    package var liveBlocks: BlockCount

    package init(id: GroupID, stages: [GroupStage], liveBlocks: BlockCount) {
        self.id = id
        self.stages = stages
        self.liveBlocks = liveBlocks
    }
}

/// Decides which groups merge so that enough parameter memory becomes free.
///
/// Greedy, as in figure 6 of the paper (KunServe, EuroSys 2026): while memory is missing, the
/// two groups with the fewest instances become one, since latency grows with the number of
/// instances that execute a request together. Among equals those with the least KV to exchange
/// merge first, then the lowest group ids.
///
/// A group keeps one copy of each unit (and a second embedding table where the head shares it),
/// so with equal instances each merge frees one copy of the model, wherever the cuts between
/// stages are. Hence stages are cut only for the groups of the final plan; where instances differ
/// in pages or in the bytes of units, the cut decides and is made for each merge.
package struct DropPlanner: Sendable {
    package let partition: StagePartition
    /// Of layers alone. A group has as many spans as the member with the fewest blocks, so what
    /// counts for memory is that no stage has more layers than the others.
    private let evenPartition: StagePartition
    /// By how much the dearest stage may be dearer than it need be, for the sake of memory: the
    /// head is worth two or three layers of time and none of KV. Own choice, for the paper does
    /// not say how layers are cut.
    package static let costTolerance = 0.1
    /// No group gets more members than this, nor than the model has layers.
    let stageLimit: Int
    private let shapes: [InstanceMemoryShape]
    /// The different ways in which instances hold parameters.
    let layouts: [UnitLayout]
    /// By instance: index of its layout.
    private let layoutOfInstance: [Int]

    /// - Parameters:
    ///   - shapes: by instance; all of one model.
    ///   - headCost: what the head costs its stage, in layers.
    ///   - embeddingCost: what the embedding costs its stage, in layers.
    ///   - maxStages: the most members of a group.
    ///
    /// Complexity: O(instances) when they share one shape, else O(instances × layers).
    package init(
        shapes: [InstanceMemoryShape], headCost: Double = 0, embeddingCost: Double = 0,
        maxStages: Int = .max
    ) {
        let layerCount = shapes.first?.layerCount ?? 0
        var layouts: [UnitLayout] = []
        var indices: [UnitLayout: Int] = [:]
        var layoutOfInstance: [Int] = []
        for (instance, shape) in shapes.enumerated() {
            precondition(shape.layerCount == layerCount, "instances hold one model")
            if instance > 0, shape == shapes[instance - 1] {
                layoutOfInstance.append(layoutOfInstance[instance - 1])
                continue
            }
            let layout = UnitLayout(shape)
            let index = indices[layout] ?? layouts.count
            if index == layouts.count { layouts.append(layout) }
            indices[layout] = index
            layoutOfInstance.append(index)
        }
        self.shapes = shapes
        stageLimit = min(layerCount, maxStages)
        self.layouts = layouts
        self.layoutOfInstance = layoutOfInstance
        partition = StagePartition(
            layerCount: layerCount, headCost: headCost, embeddingCost: embeddingCost)
        evenPartition = StagePartition(layerCount: layerCount)
    }

    /// Merges until nothing can merge any more, for a need that no plan meets; `nil` when nothing
    /// can merge at all. Complexity: as `plan`.
    package func largestPlan(_ groups: [PlannableGroup]) -> DropPlan? {
        var merging = Merging(groups, by: self)
        guard merging.mergeSmallest() else { return nil }
        while merging.mergeSmallest() {}
        return merging.plan()
    }

    /// Merges until at least `needed` bytes of weights are free, or `nil` when no grouping frees as
    /// much; then goes on with instances that are alone still, until `expected` bytes more are
    /// free. So many small groups share the new requests' prompts, instead of few.
    /// Complexity: O(N log N) for N groups, and the cuts of the merged groups.
    package func plan(
        _ groups: [PlannableGroup], freeing needed: ByteCount, expecting expected: ByteCount = .zero
    ) -> DropPlan? {
        var merging = Merging(groups, by: self)
        while merging.freed < needed {
            guard merging.mergeSmallest() else { return nil }
        }
        while merging.freed < needed + expected, merging.mergeSmallest(membersAtMost: 2) {}
        return merging.plan()
    }

    /// One merge of the two groups that `plan` would merge first, or `nil` when no two can merge.
    package func smallestMerge(_ groups: [PlannableGroup]) -> DropPlan? {
        var merging = Merging(groups, by: self)
        return merging.mergeSmallest() ? merging.plan() : nil
    }

    /// One group made of all of these, or `nil` when somebody would be left without a layer.
    package func merge(_ groups: [PlannableGroup]) -> DropPlan.Merge? {
        let groups = groups.sorted { $0.id < $1.id }
        return cuts(of: groups).map { merge(groups, cutAt: $0) }
    }
}

extension DropPlanner {
    /// Index of the instance's layout.
    func layout(of instance: InstanceID) -> Int { layoutOfInstance[instance.index] }

    /// Weight bytes that an instance holds to execute `range`.
    func held(by stage: GroupStage) -> ByteCount {
        layouts[layout(of: stage.instance)].bytes(for: stage.range)
    }

    /// The cut of one group made of `groups`, in this order: equal numbers of layers if no stage is
    /// much dearer for it, else equal costs.
    func cuts(of groups: [PlannableGroup]) -> [StagePartition.Cut]? {
        let windows = groups.flatMap { $0.stages.map(\.range.layers) }
        guard let balanced = partition.cuts(of: windows) else { return nil }
        guard let even = evenPartition.cuts(of: windows) else { return balanced }
        let limit = dearest(of: balanced) * (1 + Self.costTolerance)
        return dearest(of: even) <= limit ? even : balanced
    }

    private func dearest(of cuts: [StagePartition.Cut]) -> Double {
        cuts.indices.reduce(0) { most, place in
            let cost = partition.cost(
                of: cuts[place].layers.count, isFirst: place == 0,
                isLast: place == cuts.count - 1)
            return max(most, cost)
        }
    }

    /// The merge of `groups`, whose stages are the members of `cuts`.
    func merge(
        _ groups: [PlannableGroup], cutAt cuts: [StagePartition.Cut]
    ) -> DropPlan.Merge {
        let members = groups.flatMap(\.stages)
        let liveBlocks = groups.flatMap { group in group.stages.map { _ in group.liveBlocks } }
        var merge = DropPlan.Merge(
            groups: groups.map(\.id), stages: [], freed: .zero, exchanged: .zero)
        for (place, cut) in cuts.enumerated() {
            let old = members[cut.member]
            let stage = GroupStage(
                instance: old.instance,
                range: StageRange(
                    layers: cut.layers, hasEmbedding: place == 0, hasHead: place == cuts.count - 1))
            let given = old.range.layers.count - cut.layers.count
            merge.stages.append(stage)
            merge.freed += held(by: old) - held(by: stage)
            merge.exchanged +=
                shapes[old.instance.index].blockBytes * (liveBlocks[cut.member] * given)
        }
        return merge
    }
}
