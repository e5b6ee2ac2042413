import Domain
import TestSupport

@testable import Inference

/// The smallest engine there is: executors in a row, sequences with block tables, steps made by
/// hand. Free blocks are handed out in an order that a test may shuffle.
final class Pipeline {
    struct Sequence {
        var id: SequenceID
        var tokens: [TokenID]
        var blocks: [BlockID] = []
        /// Tokens whose KV is stored.
        var done = 0
    }

    /// Part of a sequence to run in one step.
    struct Part {
        var sequence: Int
        var count: Int
        var output: StepOutput
    }

    struct Row: Hashable {
        var sequence: Int
        var position: Int
    }

    let executors: [CPUStageExecutor]
    var sequences: [Sequence] = []
    private var freeBlocks: [BlockID]
    private var steps: UInt32 = 0

    init(_ fixture: Fixture, cuts: [Int] = [], _ change: (inout ExecutorOptions) -> Void = { _ in })
        throws
    {
        var options = ExecutorOptions(budget: .mebibytes(24))
        options.computeType = .f32
        options.maxBatchedTokens = 256
        options.threads = 1
        options.maxBlocks = 640
        change(&options)
        let checkpoint = try Checkpoint(fixture.directory)
        let layers = fixture.configuration.layerCount
        let bounds = [0] + cuts + [layers]
        executors = try Self.stages(bounds).map { stage in
            try CPUStageExecutor(
                fixture.configuration, checkpoint: checkpoint, stage: stage, options: options)
        }
        let count = executors.map(\.blockCount).min() ?? 0
        freeBlocks = (0..<count).map { BlockID(index: $0) }
        for executor in executors { executor.pool.smallestShare = 0 }
    }

    private static func stages(_ bounds: [Int]) -> [StageRange] {
        (0..<bounds.count - 1).map { index in
            StageRange(
                layers: bounds[index]..<bounds[index + 1], hasEmbedding: index == 0,
                hasHead: index == bounds.count - 2)
        }
    }

    func shuffleBlocks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        freeBlocks.shuffle(using: &random)
    }

    func add(_ tokens: [TokenID]) -> Int {
        sequences.append(Sequence(id: SequenceID(index: sequences.count), tokens: tokens))
        return sequences.count - 1
    }

    /// Forgets a sequence's KV; `keeping` leaves its blocks to others.
    func preempt(_ index: Int) {
        freeBlocks += sequences[index].blocks
        sequences[index].blocks = []
        sequences[index].done = 0
    }

    private func reserve(_ index: Int, tokens: Int) {
        let size = executors[0].options.blockSize
        while sequences[index].blocks.count * size < tokens {
            sequences[index].blocks.append(freeBlocks.removeLast())
        }
    }

    /// Runs one step; returns the logits that the parts asked for.
    func step(_ parts: [Part]) throws -> [Row: [Float]] {
        var step = Step(id: StepID(steps), group: GroupID(0))
        steps += 1
        for part in parts {
            let first = sequences[part.sequence].done
            reserve(part.sequence, tokens: first + part.count)
            let sequence = sequences[part.sequence]
            let tokens = step.tokens.count
            step.tokens += sequence.tokens[first..<first + part.count]
            let blocks = step.blocks.count
            let size = executors[0].options.blockSize
            step.blocks += sequence.blocks.prefix(
                blocksNeeded(for: first + part.count, blockSize: size))
            step.entries.append(
                StepEntry(
                    sequence: sequence.id, firstPosition: first,
                    tokens: tokens..<step.tokens.count, blocks: blocks..<step.blocks.count,
                    output: part.output))
            sequences[part.sequence].done += part.count
        }
        return try run(step, parts)
    }

    private func run(_ step: Step, _ parts: [Part]) throws -> [Row: [Float]] {
        var answer: [Row: [Float]] = [:]
        var hidden: [Float]?
        for executor in executors {
            var next: [Float]?
            func consume(_ output: StageOutput) {
                switch output {
                case .hidden(let rows): next = Array(rows)
                case .logits(let rows):
                    for (index, row) in rows.rows.enumerated() {
                        let key = Row(
                            sequence: parts[row.entry].sequence, position: row.position)
                        answer[key] = Array(rows[index])
                    }
                }
            }
            if let hidden {
                try hidden.withUnsafeBufferPointer {
                    try executor.run(step, input: $0, consume: consume)
                }
            } else {
                try executor.run(step, input: nil, consume: consume)
            }
            hidden = next
        }
        return answer
    }
}

extension Pipeline {
    /// All tokens not yet done, in chunks; the logits of every position.
    func prefill(_ index: Int, chunk: Int = .max) throws -> [Int: [Float]] {
        var logits: [Int: [Float]] = [:]
        while sequences[index].done < sequences[index].tokens.count {
            let left = sequences[index].tokens.count - sequences[index].done
            let output = StepOutput(sample: left <= chunk, promptLogprobs: true)
            let part = Part(sequence: index, count: min(left, chunk), output: output)
            for (row, values) in try step([part]) { logits[row.position] = values }
        }
        return logits
    }

    /// Greedy tokens after what the sequence has, and the logits that chose each.
    func generate(_ index: Int, count: Int) throws -> [[Float]] {
        var all: [[Float]] = []
        for _ in 0..<count {
            let left = sequences[index].tokens.count - sequences[index].done
            let output = StepOutput(sample: true, promptLogprobs: false)
            let rows = try step([Part(sequence: index, count: left, output: output)])
            guard let logits = rows.values.first else { break }
            all.append(logits)
            sequences[index].tokens.append(argmax(logits))
        }
        return all
    }
}

func argmax(_ logits: [Float]) -> TokenID {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return TokenID(UInt32(best))
}
