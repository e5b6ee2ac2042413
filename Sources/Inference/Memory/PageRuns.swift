/// Pages to be handed out, as runs of neighbours.
///
/// A request gets the shortest run that holds it all, so that long runs stay long for those that
/// need them; if none does, it gets the longest, and asks again. Every run handed out is one call
/// of the system.
struct PageRuns {
    private struct Run: Comparable {
        var count: Int
        var first: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.count, left.first) < (right.count, right.first)
        }
    }

    /// In ascending order.
    private var runs: [Run] = []

    /// The pages that `isAvailable` says. Complexity: O(pages + runs · log(runs)).
    init(of isAvailable: [Bool]) {
        var page = 0
        while page < isAvailable.count {
            let first = page
            while page < isAvailable.count, isAvailable[page] { page += 1 }
            if page > first { runs.append(Run(count: page - first, first: first)) }
            while page < isAvailable.count, !isAvailable[page] { page += 1 }
        }
        runs.sort()
    }

    /// At most `count` neighbouring pages; there must be some. Complexity: O(runs).
    mutating func take(_ count: Int) -> Range<Int> {
        precondition(!runs.isEmpty, "no page is left")
        let index = min(index(of: Run(count: count, first: 0)), runs.count - 1)
        let run = runs.remove(at: index)
        let taken = min(count, run.count)
        if taken < run.count {
            let rest = Run(count: run.count - taken, first: run.first + taken)
            runs.insert(rest, at: self.index(of: rest))
        }
        return run.first..<run.first + taken
    }

    /// The first run that is not below `run`.
    private func index(of run: Run) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle] < run { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
