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
    ///
    /// - Parameter prefix: A beginning that it shares with others; `nil` for `sharedTokens` of the
    ///   one that all share.
    package func prompt(
        _ number: Int, count: TokenCount, prefix: SimulatedArrival.SharedPrefix? = nil
    ) -> [TokenID] {
        let count = max(0, count)
        let shared = min(count, max(0, prefix?.tokens ?? sharedTokens))
        let prefixRow = prefix.map { UInt64(truncatingIfNeeded: $0.number) | Self.prefixRows } ?? 0
        let row = UInt64(number) + 1
        return (0..<count).map { token($0 < shared ? prefixRow : row, $0) }
    }

    /// Rows from here are beginnings, rows below it prompts.
    private static let prefixRows: UInt64 = 1 << 31

    /// A mixture of all bits of a place.
    private func token(_ row: UInt64, _ position: Int) -> TokenID {
        let mixed = ((row << 32 | UInt64(position)) &* UInt64.splitMixStep).splitMixed
        return TokenID(UInt32(mixed.multipliedFullWidth(by: UInt64(vocabularySize)).high))
    }
}
