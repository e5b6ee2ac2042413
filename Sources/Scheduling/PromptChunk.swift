package import Domain

/// Consecutive prompt tokens of one sequence that have no KV yet.
package struct PromptChunk: Hashable, Sendable {
    package var sequence: SequenceID
    /// Tokens of the sequence before the chunk: computed already, or in chunks before this one.
    package var prefix: TokenCount
    /// Tokens of the chunk.
    package var count: TokenCount

    package init(sequence: SequenceID, prefix: TokenCount, count: TokenCount) {
        self.sequence = sequence
        self.prefix = prefix
        self.count = count
    }

    /// The first `count` tokens of the chunk.
    func head(_ count: TokenCount) -> PromptChunk {
        PromptChunk(sequence: sequence, prefix: prefix, count: count)
    }

    /// What follows the first `count` tokens; they become prefix.
    func tail(after count: TokenCount) -> PromptChunk {
        PromptChunk(sequence: sequence, prefix: prefix + count, count: self.count - count)
    }
}
