package import Domain

/// Prompts that stand for unknown ones: numbered, and by chance alone no two begin alike, so the
/// prefix cache helps only as far as wanted.
package struct SyntheticPrompts: Hashable, Sendable {
    package var vocabularySize: Int
    /// Tokens at the beginning that all prompts have in common.
    package var sharedTokens: TokenCount = 0

    package init(vocabularySize: Int) {
        precondition(vocabularySize > 0)
        self.vocabularySize = vocabularySize
    }

    /// The prompt with this number; the same at every call.
    package func prompt(_ number: Int, count: TokenCount) -> [TokenID] {
        (0..<max(0, count)).map { position in
            let row = position < sharedTokens ? 0 : UInt64(number) + 1
            return token(row << 32 | UInt64(position))
        }
    }

    /// A mixture of all bits (the finalizer of SplitMix64; Steele, Lea, Flood 2014).
    private func token(_ place: UInt64) -> TokenID {
        var mixed = place &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return TokenID(UInt32(mixed % UInt64(vocabularySize)))
    }
}
