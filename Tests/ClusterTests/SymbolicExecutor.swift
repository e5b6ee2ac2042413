import Domain
import TestSupport
import Testing

/// A model without arithmetic: each KV slot holds a digest of all tokens up to its position, and
/// the next token is a function of the last digest. A step that would read a slot with anything
/// else in it (a block reused too early, shared wrongly, computed in the wrong order) is caught,
/// and the tokens of a request are a pure function of its prompt.
struct SymbolicExecutor {
    let blockSize: TokenCount
    let vocabularySize: UInt64
    /// (block, slot).
    private var slots: [UInt64?]

    init(blockCount: BlockCount, blockSize: TokenCount, vocabularySize: UInt64) {
        self.blockSize = blockSize
        self.vocabularySize = vocabularySize
        slots = Array(repeating: nil, count: blockCount * blockSize)
    }

    /// Runs a step and returns a token for each entry that samples. `tokens` knows the true
    /// tokens of a sequence up to a position.
    mutating func run(
        _ step: Step, truth: (SequenceID) -> [TokenID]
    ) -> [TokenID] {
        step.entries.compactMap { entry in
            let known = truth(entry.sequence)
            var digest = SymbolicExecutor.digest(of: known[..<entry.firstPosition])
            for position in 0..<entry.firstPosition {
                let expected = SymbolicExecutor.digest(of: known[...position])
                #expect(slots[slot(position, entry, step)] == expected, "wrong KV at \(position)")
            }
            for (offset, token) in step.tokens[entry.tokens].enumerated() {
                #expect(token == known[entry.firstPosition + offset])
                digest = SymbolicExecutor.extend(digest, by: token)
                slots[slot(entry.firstPosition + offset, entry, step)] = digest
            }
            return entry.output.sample ? token(after: digest) : nil
        }
    }

    /// What a quiet run generates after a prompt.
    func continuation(of prompt: [TokenID], count: Int) -> [TokenID] {
        var digest = SymbolicExecutor.digest(of: prompt[...])
        return (0..<count).map { _ in
            let token = token(after: digest)
            digest = SymbolicExecutor.extend(digest, by: token)
            return token
        }
    }

    private func token(after digest: UInt64) -> TokenID {
        TokenID(UInt32(digest % vocabularySize))
    }

    private func slot(_ position: Int, _ entry: StepEntry, _ step: Step) -> Int {
        let block = step.blocks[entry.blocks.lowerBound + position / blockSize]
        return block.index * blockSize + position % blockSize
    }

    private static func digest(of tokens: ArraySlice<TokenID>) -> UInt64 {
        tokens.reduce(0x5EED) { extend($0, by: $1) }
    }

    private static func extend(_ digest: UInt64, by token: TokenID) -> UInt64 {
        var random = SplitMix64(seed: digest ^ UInt64(token.rawValue) << 32)
        return random.next()
    }
}
