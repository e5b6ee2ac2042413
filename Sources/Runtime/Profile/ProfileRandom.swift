internal import Domain

/// A small seeded generator (Steele, Lea, Flood 2014), so that a profile can be repeated with the
/// same steps in the same order.
struct ProfileRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= UInt64.splitMixStep
        return state.splitMixed
    }
}
