internal import Domain

/// A 64-bit digest of one block's tokens after a given prefix, the same in every process.
///
/// It only finds candidates: the pool compares the tokens themselves before it shares a block, so
/// a collision costs a miss and never a wrong token.
struct PrefixDigest: Hashable {
    let value: UInt64

    init(after prefix: PrefixID, tokens: ArraySlice<TokenID>) {
        var state = prefix.rawValue &+ 0x9E37_79B9_7F4A_7C15
        for token in tokens {
            state ^= UInt64(token.rawValue)
            state = PrefixDigest.mix(state)
        }
        value = state
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static func mix(_ input: UInt64) -> UInt64 {
        var z = input &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Names one cached prefix: every token from the sequence's start to the end of one block. Never
/// given twice, so equal ids mean equal prefixes.
package struct PrefixID: Hashable, Sendable {
    let rawValue: UInt64

    /// The prefix without tokens.
    package static let empty = PrefixID(rawValue: 0)
}
