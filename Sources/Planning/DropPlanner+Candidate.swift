internal import Domain

extension DropPlanner {
    /// A group, or groups that are to become one.
    struct Candidate {
        /// Indices of the groups.
        var groups: [Int]
        var instances: Int
        var liveBlocks: BlockCount
        var lowest: GroupID
        /// Weight bytes that the members hold now.
        var held: ByteCount
        /// Weight bytes that the members give up.
        var freed = ByteCount.zero
        /// The layout of every member, when it is the same.
        var layout: Int?
        /// Every member holds the whole model.
        var isWhole: Bool
        /// Its cut, where that decides what is freed.
        var merge: DropPlan.Merge?
        var isAbsorbed = false

        init(_ group: PlannableGroup, index: Int, _ planner: DropPlanner) {
            groups = [index]
            instances = group.stages.count
            liveBlocks = group.liveBlocks
            lowest = group.id
            held = group.stages.reduce(.zero) { $0 + planner.held(by: $1) }
            let layouts = group.stages.map { planner.layout(of: $0.instance) }
            layout = layouts.allSatisfy { $0 == layouts.first } ? layouts.first : nil
            isWhole = group.stages.count == 1
        }

        func rank(index: Int) -> Rank {
            Rank(instances: instances, liveBlocks: liveBlocks, lowest: lowest, index: index)
        }
    }

    /// Who merges first.
    struct Rank: Comparable {
        var instances: Int
        var liveBlocks: BlockCount
        var lowest: GroupID
        var index: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.instances, left.liveBlocks, left.lowest)
                < (right.instances, right.liveBlocks, right.lowest)
        }
    }
}
