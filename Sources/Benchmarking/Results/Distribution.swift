/// A set of numbers and what statistics say of it, with the definitions of `vllm bench serve`
/// (numpy's).
package struct Distribution: Hashable, Sendable {
    /// Rising.
    package let values: [Double]

    /// Complexity: O(n log n).
    package init(_ values: some Sequence<Double>) {
        self.values = values.filter { !$0.isNaN }.sorted()
    }

    package var count: Int { values.count }

    /// Zero of nothing, as in vLLM's files.
    package var mean: Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    package var median: Double { percentile(50) }

    /// Of the values as a whole population, not as a sample.
    package var standardDeviation: Double {
        guard !values.isEmpty else { return 0 }
        let mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count)).squareRoot()
    }

    /// Interpolated linearly between the two nearest ranks; zero of nothing.
    ///
    /// - Parameter percent: 0 to 100.
    package func percentile(_ percent: Double) -> Double {
        guard let last = values.last else { return 0 }
        let rank = min(max(percent, 0), 100) / 100 * Double(values.count - 1)
        let low = Int(rank)
        guard low + 1 < values.count else { return last }
        return values[low] + (values[low + 1] - values[low]) * (rank - Double(low))
    }

    /// How many values are above `limit`. Complexity: O(log n).
    package func count(above limit: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return values.count - low
    }
}
