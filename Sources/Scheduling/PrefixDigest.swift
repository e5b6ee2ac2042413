internal import Domain

/// A 64-bit digest of one block's tokens after a given prefix, the same in every process.
///
/// It only finds candidates: the pool compares the tokens themselves before it shares a block, so
/// a collision costs a miss and never a wrong token.
struct PrefixDigest: Hashable, Sendable {
    let value: UInt64

    init(value: UInt64) { self.value = value }

    init(after prefix: PrefixID, tokens: ArraySlice<TokenID>) {
        var state = prefix.rawValue &+ UInt64.splitMixStep
        // A round is a multiplication that waits for the one before it, so two tokens share one.
        var place = tokens.startIndex
        while place < tokens.endIndex {
            let next = place + 1 < tokens.endIndex ? tokens[place + 1].rawValue : 0
            state ^= UInt64(next) << 32 | UInt64(tokens[place].rawValue)
            state &*= UInt64.splitMixStep
            state ^= state >> 32
            place += 2
        }
        value = state.splitMixed
    }
}

/// Names one cached prefix: every token from the sequence's start to the end of one block. Never
/// given twice, so equal ids mean equal prefixes.
package struct PrefixID: Hashable, Sendable {
    let rawValue: UInt64

    /// The prefix without tokens.
    package static let empty = PrefixID(rawValue: 0)
}
