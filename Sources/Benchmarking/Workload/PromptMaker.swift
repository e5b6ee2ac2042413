package import Domain

/// Draws the token ids of prompts. Equal seeds give equal prompts; no two requests of a workload
/// share more than the common prefix, except by chance.
package struct PromptMaker: Hashable, Sendable {
    /// Ids to draw from; special tokens are usually outside.
    package var vocabulary: Range<Int>
    /// How many first tokens all prompts have in common.
    package var prefixTokens: TokenCount
    package var seed: UInt64

    /// - Precondition: `vocabulary` is not empty.
    package init(vocabulary: Range<Int>, prefixTokens: TokenCount = 0, seed: UInt64) {
        precondition(!vocabulary.isEmpty, "a vocabulary has tokens")
        self.vocabulary = vocabulary
        self.prefixTokens = prefixTokens
        self.seed = seed
    }

    /// Calls `body` with each token id in order. Complexity: O(count), no allocation.
    package func forEachToken(count: TokenCount, seed: UInt64, _ body: (Int) -> Void) {
        let ids = vocabulary.lowerBound...(vocabulary.upperBound - 1)
        let shared = min(prefixTokens, count)
        var prefix = RandomStream(seed: self.seed, for: .prefix)
        for _ in 0..<shared { body(prefix.integer(in: ids)) }
        var rest = RandomStream(seed: seed, for: .prompts)
        for _ in shared..<count { body(rest.integer(in: ids)) }
    }

    /// Short words for servers that take no token ids: about one token each in most vocabularies.
    package func text(count: TokenCount, seed: UInt64) -> String {
        var text = ""
        text.reserveCapacity(count * 5)
        forEachToken(count: count, seed: seed) { token in
            if !text.isEmpty { text += " " }
            text += Self.words[token % Self.words.count]
        }
        return text
    }

    private static let words = [
        "the", "of", "and", "to", "in", "is", "that", "for", "it", "was", "on", "are", "as", "with",
        "his", "they", "at", "be", "this", "have", "from", "or", "one", "had", "by", "word", "but",
        "not", "what", "all", "were", "we", "when", "your", "can", "said", "there", "use", "an",
        "each", "which", "she", "do", "how", "their", "if", "will", "up", "other", "about", "out",
        "many", "then", "them", "these", "so", "some", "her", "would", "make", "like", "him",
    ]
}
