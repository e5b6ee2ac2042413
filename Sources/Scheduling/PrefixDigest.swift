internal import Domain

/// A 64-bit digest of one block's tokens after a given prefix, the same in every process.
///
/// It only finds candidates: the pool compares the tokens themselves before it shares a block, so
/// a collision costs a miss and never a wrong token.
struct PrefixDigest: Hashable {
    let value: UInt64

    init(after prefix: PrefixID, tokens: ArraySlice<TokenID>) {
        var state = prefix.rawValue &+ UInt64.splitMixStep
        for token in tokens {
            state ^= UInt64(token.rawValue)
            state = (state &+ UInt64.splitMixStep).splitMixed
        }
        value = state
    }
}

/// Names one cached prefix: every token from the sequence's start to the end of one block. Never
/// given twice, so equal ids mean equal prefixes.
package struct PrefixID: Hashable, Sendable {
    let rawValue: UInt64

    /// The prefix without tokens.
    package static let empty = PrefixID(rawValue: 0)
}
