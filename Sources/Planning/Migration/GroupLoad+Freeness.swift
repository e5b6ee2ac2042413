package import Domain

extension GroupLoad {
    /// Blocks that sequences use, or count as using (Llumnix Algorithm 1): those they hold; what
    /// the first in the queue lacks, for it makes the group too small however much is free; and
    /// what is to stay empty around sequences of high priority.
    package var virtualUsage: BlockCount { usedBlocks + headBlocks + headroomBlocks }

    /// Blocks that each running sequence may still take before the group is full: about how many
    /// blocks' worth of steps it can go on. Below zero where the queue or sequences of high
    /// priority want more than there is; a group that takes nothing has none at all.
    package var freeness: Double {
        guard !isDraining else { return -.infinity }
        return Double(totalBlocks - virtualUsage) / Double(max(1, running))
    }

    /// The freeness there would be after a sequence of `size` blocks has come (1) or gone (-1).
    func freeness(after change: Int, of size: BlockCount) -> Double {
        let free = totalBlocks - virtualUsage - change * size
        return Double(free) / Double(max(1, running + change))
    }

    /// The same for one more request: everything that waits counts, for it was there before. In
    /// 2^-16 blocks for each sequence.
    var freenessForArrivals: Int {
        let free = totalBlocks - usedBlocks - waitingBlocks - headroomBlocks
        return (free << 16) / max(1, running + waiting)
    }
}
