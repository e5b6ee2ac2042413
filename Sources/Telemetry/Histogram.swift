internal import Domain
internal import Synchronization

/// How often values fell below fixed bounds, with their sum.
package final class Histogram: Sendable {
    /// Upper bounds of the buckets in rising order; a last bucket without bound is implied.
    package let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// Observations per bucket, not cumulative; one more than there are bounds.
        var counts: [UInt64]
        var sum: Double = 0
    }

    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds must rise")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts `value` in its bucket. Complexity: O(log buckets), no allocation.
    package func observe(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bucketIndex(of: value)
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    package func observe(_ duration: Duration) { observe(duration.seconds) }

    /// A consistent picture: counts below or at each bound and at last the count of all values.
    package var snapshot: (cumulative: [UInt64], sum: Double) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var running: UInt64 = 0
        let cumulative = counts.map { count in
            running += count
            return running
        }
        return (cumulative, sum)
    }

    /// The first bucket whose bound is not below `value`.
    private func bucketIndex(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
