internal import Domain

/// Counts durations in buckets whose widths grow with them: a bucket is at most a 64th of what lies
/// in it, so quantiles are right to 1.6 %, whatever their size. Of fixed size.
package struct DurationHistogram: Hashable, Sendable {
    /// Buckets per doubling: 2^6.
    private static let resolution = 6
    /// The longest duration has 63 bits.
    private static let bucketCount = (64 - resolution) << resolution

    private var counts: [Int] = []
    package private(set) var count = 0
    private var total = 0.0
    private var longest: Int64 = 0

    package init() {}

    /// Adds one; less than nothing counts as nothing. Complexity: O(1).
    package mutating func add(nanoseconds: Int64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        let nanoseconds = max(0, nanoseconds)
        counts[Self.bucket(of: UInt64(nanoseconds))] += 1
        count += 1
        total += Double(nanoseconds)
        longest = max(longest, nanoseconds)
    }

    /// All of them together, to the rounding of a floating-point number.
    package var sum: Duration { .nanoseconds(Int64(total.rounded())) }

    /// `nil` of nothing.
    package var mean: Duration? {
        count > 0 ? .nanoseconds(Int64((total / Double(count)).rounded())) : nil
    }

    package var maximum: Duration? { count > 0 ? .nanoseconds(longest) : nil }

    /// So many durations at equal distances of rank, rising, from the smallest to the largest:
    /// what stands for all where statistics want numbers. Empty of nothing.
    ///
    /// - Complexity: O(buckets + wanted).
    package func quantiles(_ wanted: Int) -> [Duration] {
        let wanted = min(wanted, count)
        guard wanted > 0 else { return [] }
        var values: [Duration] = []
        values.reserveCapacity(wanted)
        var bucket = 0
        var passed = counts[0]
        for place in 1..<wanted {
            let rank = (place - 1) * (count - 1) / (wanted - 1)
            while passed <= rank {
                bucket += 1
                passed += counts[bucket]
            }
            values.append(.nanoseconds(min(Self.middle(of: bucket), longest)))
        }
        return values + [.nanoseconds(longest)]
    }

    /// Values below 2^6 have a bucket each; above, the leading bit and the six after it count.
    private static func bucket(of value: UInt64) -> Int {
        guard value >= 1 << resolution else { return Int(value) }
        let shift = 63 - resolution - value.leadingZeroBitCount
        return (shift << resolution) + Int(value >> UInt64(shift))
    }

    private static func middle(of bucket: Int) -> Int64 {
        guard bucket >= 2 << resolution else { return Int64(bucket) }
        let shift = Int64(bucket >> resolution) - 1
        let steps = Int64(bucket & ((1 << resolution) - 1) | 1 << resolution)
        return steps << shift + (1 << shift) / 2
    }
}
