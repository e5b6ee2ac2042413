import TestSupport

extension SplitMix64 {
    /// From 0 to below 1.
    mutating func uniform() -> Float { Float(next() >> 40) / Float(1 << 24) }
}
