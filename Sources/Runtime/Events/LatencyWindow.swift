internal import Domain
internal import Synchronization

/// Percentiles of the durations of the last ten seconds or so, in fixed memory.
///
/// Time is cut into slots of one second; each counts durations in buckets, sixteen of equal width
/// to an octave, so a percentile is off by 3 % at most.
final class LatencyWindow: Sendable {
    private struct Slot {
        /// Seconds since the origin of time; `nil` before the first use.
        var second: Int64?
        var counts = [UInt32](repeating: 0, count: LatencyWindow.bucketCount)
    }

    private let slots: Mutex<[Slot]>

    /// The present second and ten whole ones before it.
    private static let slotCount = 11
    private static let bucketsPerOctave = 16
    /// Powers of two in seconds, from about a microsecond to more than an hour.
    private static let octaves = -20...12
    private static let bucketCount = octaves.count * bucketsPerOctave

    init() {
        slots = Mutex([Slot](repeating: Slot(), count: Self.slotCount))
    }

    /// Complexity: O(1), no allocation.
    func record(_ duration: Duration, at now: Instant) {
        let bucket = Self.bucket(of: duration.seconds)
        let second = now.nanoseconds / 1_000_000_000
        slots.withLock { slots in
            let index = Int(second) % Self.slotCount
            if slots[index].second != second {
                slots[index].second = second
                for bucket in 0..<Self.bucketCount { slots[index].counts[bucket] = 0 }
            }
            slots[index].counts[bucket] &+= 1
        }
    }

    /// `nil` when nothing was recorded in the window.
    func recent(at now: Instant) -> ClusterSnapshot.RecentLatency? {
        let oldest = now.nanoseconds / 1_000_000_000 - Int64(Self.slotCount) + 1
        let counts = slots.withLock { slots in
            slots.lazy.filter { ($0.second ?? .min) >= oldest }
                .reduce(into: [Int](repeating: 0, count: Self.bucketCount)) { sum, slot in
                    for (bucket, count) in slot.counts.enumerated() { sum[bucket] += Int(count) }
                }
        }
        guard let middle = Self.percentile(50, of: counts),
            let slow = Self.percentile(99, of: counts)
        else { return nil }
        return ClusterSnapshot.RecentLatency(p50: middle, p99: slow)
    }

    /// The smallest duration that so many per cent do not exceed.
    private static func percentile(_ percent: Int, of counts: [Int]) -> Duration? {
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        let rank = (total * percent + 99) / 100
        var below = 0
        let found = counts.firstIndex { count in
            below += count
            return below >= rank
        }
        return found.map { .seconds(middle(of: $0)) }
    }

    private static func bucket(of seconds: Double) -> Int {
        guard seconds.isNormal, Int(seconds.exponent) >= octaves.lowerBound else { return 0 }
        guard Int(seconds.exponent) <= octaves.upperBound else { return bucketCount - 1 }
        let octave = Int(seconds.exponent) - octaves.lowerBound
        return octave * bucketsPerOctave
            + Int((seconds.significand - 1) * Double(bucketsPerOctave))
    }

    private static func middle(of bucket: Int) -> Double {
        let (octave, place) = bucket.quotientAndRemainder(dividingBy: bucketsPerOctave)
        let significand = 1 + (Double(place) + 0.5) / Double(bucketsPerOctave)
        return Double(sign: .plus, exponent: octave + octaves.lowerBound, significand: significand)
    }
}
