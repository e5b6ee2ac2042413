package import Domain
package import Inference

/// How fast one instance computes, without scheduling or network: the prompt of one sequence, one
/// sequence decoding, many sequences decoding. Each figure stands beside the limit that bounds it,
/// measured on the same machine in the same run.
package struct ThroughputBenchmark {
    package var promptTokens: TokenCount = 512
    package var decodedTokens: TokenCount = 64
    package var batch = 16
    /// The median of so many rounds counts.
    package var rounds = 3

    package init() {}

    /// KV slots that the benchmark needs.
    package var neededSlots: TokenCount { max(promptTokens, (decodedTokens + 1) * batch) }

    /// Complexity: `rounds` prompts and `2 · rounds · decodedTokens` steps.
    package func run(on executor: CPUStageExecutor) throws -> ThroughputReport {
        let limits = MachineLimits.measure(threads: executor.pool.threadCount)
        var prompts: [Double] = []
        var decodes: [Double] = []
        var batchedDecodes: [Double] = []
        for _ in 0..<rounds {
            prompts.append(try seconds(ofPromptOn: executor))
            decodes.append(try seconds(ofDecoding: 1, on: executor))
            batchedDecodes.append(try seconds(ofDecoding: batch, on: executor))
        }
        return ThroughputReport(
            benchmark: self,
            work: ModelWork(executor),
            limits: limits,
            promptSeconds: median(prompts),
            decodeSeconds: median(decodes),
            batchedDecodeSeconds: median(batchedDecodes)
        )
    }

    private func seconds(ofPromptOn executor: CPUStageExecutor) throws -> Double {
        let chunk = executor.options.maxBatchedTokens
        return try time {
            for first in stride(from: 0, to: promptTokens, by: chunk) {
                let count = min(chunk, promptTokens - first)
                try run([(first, count)], on: executor)
            }
        }
    }

    /// Time of `decodedTokens` steps of `sequences` sequences each, after one step to warm up.
    private func seconds(
        ofDecoding sequences: Int, on executor: CPUStageExecutor
    ) throws -> Double {
        try run(Array(repeating: (0, 1), count: sequences), on: executor)
        return try time {
            for position in 1...decodedTokens {
                try run(Array(repeating: (position, 1), count: sequences), on: executor)
            }
        }
    }

    /// One step with a chunk of (first position, tokens) for each sequence; sequences own blocks
    /// of their own, and the next token is chosen greedily and dropped.
    private func run(
        _ chunks: [(first: TokenCount, count: TokenCount)], on executor: CPUStageExecutor
    ) throws {
        var step = Step(id: StepID(0), group: GroupID(0))
        let size = executor.options.blockSize
        let vocabulary = executor.configuration.vocabularySize
        let perSequence = blocksNeeded(
            for: chunks.count == 1 ? max(promptTokens, decodedTokens + 1) : decodedTokens + 1,
            blockSize: size)
        for (index, chunk) in chunks.enumerated() {
            let tokens = step.tokens.count
            let blocks = step.blocks.count
            let known = chunk.first + chunk.count
            step.tokens += (0..<chunk.count).map {
                TokenID(UInt32((chunk.first + $0 * 31 + index * 7 + 3) % vocabulary))
            }
            step.blocks += (0..<blocksNeeded(for: known, blockSize: size)).map {
                BlockID(index: index * perSequence + $0)
            }
            step.entries.append(
                StepEntry(
                    sequence: SequenceID(index: index), firstPosition: chunk.first,
                    tokens: tokens..<step.tokens.count, blocks: blocks..<step.blocks.count,
                    output: StepOutput(sample: true, promptLogprobs: false)))
        }
        let range = StageRange.whole(layerCount: executor.configuration.layerCount)
        try executor.run(step, stage: 0, range: range, input: nil) { _ in }
    }

    private func time(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body).seconds
    }

    private func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
