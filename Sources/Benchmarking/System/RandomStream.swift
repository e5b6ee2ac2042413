internal import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A seeded source of chance (SplitMix64; Steele, Lea, Flood 2014) for one purpose.
///
/// Each purpose has its own stream, so that a change in one, such as more arrivals, does not shift
/// the others. Every draw is written out here: a workload must be the same with any library.
package struct RandomStream: Sendable {
    /// What the draws are for.
    package enum Purpose: UInt64, Sendable {
        case arrivals = 1
        case lengths, thinning, jitter, prompts, prefix
    }

    private var state: UInt64

    package init(seed: UInt64, for purpose: Purpose) {
        state = seed
        let base = next()
        state = base ^ (purpose.rawValue &* 0xD605_1D21_7A67_9F4B)
    }

    package mutating func next() -> UInt64 {
        state &+= UInt64.splitMixStep
        return state.splitMixed
    }

    /// Uniform in [0, 1).
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform over `range`; the bias is below the width of the range / 2^64.
    package mutating func integer(in range: ClosedRange<Int>) -> Int {
        let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
        guard width < UInt64.max else { return Int(truncatingIfNeeded: next()) }
        let offset = next().multipliedFullWidth(by: width + 1).high
        return range.lowerBound &+ Int(truncatingIfNeeded: offset)
    }

    /// Standard normal (Box and Muller 1958).
    package mutating func normal() -> Double {
        let radius = sqrt(-2 * log(1 - uniform()))
        return radius * cos(2 * .pi * uniform())
    }

    /// Gamma with scale 1 (Marsaglia and Tsang 2000); mean and variance are `shape`, above zero.
    package mutating func gamma(shape: Double) -> Double {
        guard shape >= 1 else {
            let boost = pow(1 - uniform(), 1 / shape)
            return gamma(shape: shape + 1) * boost
        }
        let d = shape - 1 / 3.0
        let c = 1 / sqrt(9 * d)
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }
}
