package import Domain

/// Which steps are worth measuring on an executor with given limits: chunks of all sizes after
/// prefixes of all lengths, batches of several chunks, decodes, and both together.
package struct ProfileGrid: Hashable, Sendable {
    /// The most tokens of a step.
    package var maxTokens: TokenCount
    /// The longest sequence.
    package var maxLength: TokenCount
    package var blockSize: TokenCount
    package var blockCount: BlockCount

    package init(
        maxTokens: TokenCount, maxLength: TokenCount, blockSize: TokenCount,
        blockCount: BlockCount
    ) {
        self.maxTokens = maxTokens
        self.maxLength = maxLength
        self.blockSize = blockSize
        self.blockCount = blockCount
    }

    private static let smallest = 16

    /// Sizes from 16 on, two per doubling, up to `limit`.
    static func ladder(to limit: Int) -> [Int] {
        let powers = (0..<32).lazy.map { smallest << $0 }.prefix { $0 <= limit }
        return powers.flatMap { [$0, $0 * 3 / 2] }.filter { $0 <= limit }
    }

    /// Chunks alone from the start of a sequence: what shows how many tokens fill the device.
    package var firstChunks: [ProfileStep] {
        Self.ladder(to: maxTokens).map { ProfileStep(prefixes: [0], count: $0) }.filter(fits)
    }

    /// Chunks alone after prefixes.
    package var laterChunks: [ProfileStep] {
        prefixes.flatMap { prefix in
            Self.ladder(to: maxTokens).map { ProfileStep(prefixes: [prefix], count: $0) }
        }.filter(fits)
    }

    /// Several chunks with different prefixes.
    package var batches: [ProfileStep] {
        [2, 4, 8, 16].flatMap { chunks in
            [maxTokens / 2, maxTokens].flatMap { tokens in
                [0, 1, 2].map { turn in
                    let prefixes = (0..<chunks).map { turn == 0 ? 0 : prefix($0 * turn) }
                    return ProfileStep(prefixes: prefixes, count: max(1, tokens / chunks))
                }
            }
        }.filter(fits)
    }

    package var decodes: [ProfileStep] {
        [1, 2, 4, 8, 16, 32, 64].flatMap { sequences in
            ([Self.smallest] + prefixes).map { context in
                let contexts = [Int](repeating: context, count: sequences)
                return ProfileStep(prefixes: [], count: 0, contexts: contexts)
            }
        }.filter(fits)
    }

    /// A chunk among decodes.
    package var mixtures: [ProfileStep] {
        [4, 16].flatMap { sequences in
            [64, 256, 1024].flatMap { count in
                [0, 1, 2].map { turn in
                    ProfileStep(
                        prefixes: [turn == 0 ? 0 : prefix(turn)], count: count,
                        contexts: (0..<sequences).map { prefix($0 + turn) })
                }
            }
        }.filter(fits)
    }

    private var prefixes: [TokenCount] {
        let longest = min(maxLength, blockCount * blockSize)
        return Array((0..<32).lazy.map { 128 << $0 }.prefix { $0 < longest })
    }

    private func prefix(_ index: Int) -> TokenCount {
        prefixes.isEmpty ? 0 : prefixes[index % prefixes.count]
    }

    private func fits(_ step: ProfileStep) -> Bool {
        step.tokenCount <= maxTokens && step.longest <= maxLength
            && step.blockCount(blockSize: blockSize) <= blockCount
    }
}
