package import Domain

extension GroupLoad {
    /// Blocks that sequences use, or count as using (Llumnix Algorithm 1): those they hold; what
    /// the first in the queue lacks, for it makes the group too small however much is free; and
    /// what is to stay empty around sequences of high priority. What batch requests hold counts as
    /// free, for they give way.
    package var virtualUsage: BlockCount {
        usedBlocks - lentBlocks + headBlocks + headroomBlocks
    }

    /// Blocks that each running sequence may still take before the group is full: about how many
    /// blocks' worth of steps it can go on. Below zero, what the queue or sequences of high
    /// priority lack, whoever runs there: divided by the sequences, as Llumnix does, the group with
    /// the most of them would seem the freest, and arrivals would crowd on it (ADR 9). A group that
    /// takes nothing has none at all.
    package var freeness: Double {
        isDraining ? -.infinity : Self.share(of: totalBlocks - virtualUsage, among: running)
    }

    /// The freeness there would be after a sequence of `size` blocks has come (1) or gone (-1).
    func freeness(after change: Int, of size: BlockCount) -> Double {
        Self.share(of: totalBlocks - virtualUsage - change * size, among: running + change)
    }

    /// The same for one more request: everything that waits counts, for it was there before.
    package var freenessForArrivals: Double {
        let free = totalBlocks - usedBlocks + lentBlocks - waitingBlocks - headroomBlocks
        return Self.share(of: free, among: running + waiting)
    }

    private static func share(of free: BlockCount, among sequences: Int) -> Double {
        free > 0 ? Double(free) / Double(max(1, sequences)) : Double(free)
    }
}
