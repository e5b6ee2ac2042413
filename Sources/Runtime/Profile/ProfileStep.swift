package import Domain
package import Scheduling

/// A step to measure: which prompt chunks and which decodes it has.
package struct ProfileStep: Hashable, Sendable {
    package var chunks: [PromptChunk] = []
    /// Tokens before each decoded one.
    package var contexts: [TokenCount] = []

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case prompt, decode, mixed
    }

    /// Chunks of `count` tokens after each of the prefixes, and decodes after the contexts.
    package init(prefixes: [TokenCount], count: TokenCount, contexts: [TokenCount] = []) {
        chunks = prefixes.enumerated().map { index, prefix in
            PromptChunk(sequence: SequenceID(index: index), prefix: prefix, count: count)
        }
        self.contexts = contexts
    }

    package var kind: Kind {
        if contexts.isEmpty { return .prompt }
        return chunks.isEmpty ? .decode : .mixed
    }

    package var load: BatchLoad {
        let prompts = chunks.reduce(into: BatchLoad.zero) { $0 += BatchLoad($1) }
        return contexts.reduce(into: prompts) { $0 += BatchLoad(decodingAfter: $1) }
    }

    package var tokenCount: TokenCount {
        chunks.reduce(contexts.count) { $0 + $1.count }
    }

    /// The longest sequence.
    package var longest: TokenCount {
        max(chunks.map { $0.prefix + $0.count }.max() ?? 0, (contexts.max() ?? -1) + 1)
    }

    /// Blocks of all its sequences.
    package func blockCount(blockSize: TokenCount) -> BlockCount {
        let ends = chunks.map { $0.prefix + $0.count } + contexts.map { $0 + 1 }
        return ends.reduce(0) { $0 + blocksNeeded(for: $1, blockSize: blockSize) }
    }

    /// The step as an executor takes it: every sequence has blocks of its own, from block 0 on.
    package func step(blockSize: TokenCount, vocabularySize: Int) -> Step {
        var step = Step(id: StepID(0), group: GroupID(0))
        var block = 0
        func append(first: TokenCount, count: TokenCount) {
            let tokens = step.tokens.count
            let blocks = step.blocks.count
            let held = blocksNeeded(for: first + count, blockSize: blockSize)
            step.tokens += (0..<count).map {
                TokenID(UInt32((first + $0 * 31 + tokens * 7 + 3) % vocabularySize))
            }
            step.blocks += (block..<block + held).map { BlockID(index: $0) }
            block += held
            step.entries.append(
                StepEntry(
                    sequence: SequenceID(index: step.entries.count), firstPosition: first,
                    tokens: tokens..<step.tokens.count, blocks: blocks..<step.blocks.count,
                    output: StepOutput(sample: true, promptLogprobs: false)))
        }
        for context in contexts { append(first: context, count: 1) }
        for chunk in chunks { append(first: chunk.prefix, count: chunk.count) }
        return step
    }
}
