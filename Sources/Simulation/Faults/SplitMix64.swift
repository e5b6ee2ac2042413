internal import Domain

/// A small seeded generator (Steele, Lea, Flood 2014). What it gives is fixed by these few lines
/// alone, so a seed means the same everywhere and always.
struct SplitMix64: Hashable, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= UInt64.splitMixStep
        return state.splitMixed
    }

    /// One of `0..<bound`.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0)
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// At least 0, below 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }
}
