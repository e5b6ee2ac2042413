internal import Domain
internal import HeapModule

extension DropPlanner {
    /// One run of the planner.
    struct Merging {
        private let planner: DropPlanner
        private let groups: [PlannableGroup]
        /// Groups as they are and as they become; `queue` holds those that may still merge.
        private var candidates: [Candidate]
        private var queue: Heap<Rank>
        /// What all merges so far free.
        private(set) var freed = ByteCount.zero
        /// By number of members that hold the whole model: their cut, once it has been needed.
        private var wholeCuts: [Int: [StagePartition.Cut]] = [:]

        /// A group looks at so many partners before it is left as it is. Only groups with stages
        /// of a layer or two ever refuse a partner that is small enough.
        private static let partnerLimit = 16

        init(_ groups: [PlannableGroup], by planner: DropPlanner) {
            let groups = groups.sorted { $0.id < $1.id }
            let candidates = groups.indices.map { Candidate(groups[$0], index: $0, planner) }
            self.planner = planner
            self.groups = groups
            self.candidates = candidates
            queue = Heap(candidates.indices.map { candidates[$0].rank(index: $0) })
        }

        /// Merges the smallest group that can merge with the smallest that it can merge with; false
        /// when there are no such two. A group without a partner leaves the queue, for it cannot
        /// merge with what the others become either.
        mutating func mergeSmallest(membersAtMost limit: Int = .max) -> Bool {
            while let first = queue.min, first.instances < limit {
                queue.removeMin()
                guard let (second, merged) = partner(of: first, membersAtMost: limit)
                else { continue }
                freed += merged.freed - candidates[first.index].freed - candidates[second].freed
                candidates[first.index].isAbsorbed = true
                candidates[second].isAbsorbed = true
                queue.insert(merged.rank(index: candidates.count))
                candidates.append(merged)
                return true
            }
            return false
        }

        /// Takes the smallest group that `first` can merge with out of the queue.
        private mutating func partner(
            of first: Rank, membersAtMost limit: Int
        ) -> (index: Int, Candidate)? {
            var refused: [Rank] = []
            defer { queue.insert(contentsOf: refused) }
            while refused.count < Self.partnerLimit, let second = queue.min,
                first.instances + second.instances <= limit
            {
                queue.removeMin()
                if let merged = merged(candidates[first.index], candidates[second.index]) {
                    return (second.index, merged)
                }
                refused.append(second)
                // Nor has any larger group a layer for everybody.
                if first.instances + second.instances > planner.stageLimit { break }
            }
            return nil
        }

        /// The two as one, or `nil` when somebody would be left without a layer.
        private mutating func merged(_ first: Candidate, _ second: Candidate) -> Candidate? {
            var merged = first
            merged.groups += second.groups
            merged.instances += second.instances
            merged.liveBlocks += second.liveBlocks
            merged.lowest = min(first.lowest, second.lowest)
            merged.held += second.held
            merged.isWhole = first.isWhole && second.isWhole
            merged.merge = nil
            guard merged.instances <= planner.stageLimit else { return nil }
            if let layout = first.layout, layout == second.layout {
                let windows = merged.isWhole ? [] : members(of: merged).map(\.range.layers)
                guard planner.partition.canCut(windows) else { return nil }
                merged.freed = merged.held - planner.layouts[layout].bytesOfPipeline
            } else {
                merged.layout = nil
                guard let merge = cut(merged) else { return nil }
                merged.freed = merge.freed
                merged.merge = merge
            }
            return merged
        }

        private func members(of candidate: Candidate) -> [GroupStage] {
            candidate.groups.flatMap { groups[$0].stages }
        }

        /// The candidate's stages and what they free, or `nil` when somebody would be left without
        /// a layer.
        private mutating func cut(_ candidate: Candidate) -> DropPlan.Merge? {
            let groups = candidate.groups.sorted().map { self.groups[$0] }
            guard candidate.isWhole else { return planner.merge(groups) }
            let known = wholeCuts[groups.count]
            guard let cuts = known ?? planner.cuts(of: groups) else { return nil }
            wholeCuts[groups.count] = cuts
            return planner.merge(groups, cutAt: cuts)
        }

        /// What has been merged so far. Complexity: O(N log N), and the cuts.
        mutating func plan() -> DropPlan {
            let merged = candidates.filter { !$0.isAbsorbed && $0.groups.count > 1 }
            var plan = DropPlan(merges: [], freed: freed)
            for candidate in merged.sorted(by: { $0.lowest < $1.lowest }) {
                guard let merge = candidate.merge ?? cut(candidate) else {
                    preconditionFailure("groups that do not hold every layer")
                }
                plan.merges.append(merge)
            }
            return plan
        }
    }
}
