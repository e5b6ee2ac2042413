import Domain
import TestSupport

@testable import Inference

/// The smallest engine there is: stages in a row, sequences with block tables, steps made by
/// hand. Free blocks are handed out in an order that a test may shuffle, and a stage may know a
/// block by another number.
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

    /// What one executor runs of every step.
    struct Stage {
        var executor: CPUStageExecutor
        var range: StageRange
        /// By block of the pipeline: the block of the executor.
        var blocks: [BlockID]
    }

    let stages: [Stage]
    var sequences: [Sequence] = []
    private var freeBlocks: [BlockID]
    private var steps: UInt32 = 0

    /// Stages of `executors`, each of which runs its part of `ranges`.
    init(_ executors: [CPUStageExecutor], _ ranges: [StageRange]) {
        stages = zip(executors, ranges).map { executor, range in
            let count = min(640, executor.blockCount(of: range.layers))
            return Stage(
                executor: executor, range: range, blocks: (0..<count).map { BlockID(index: $0) })
        }
        freeBlocks = stages.map(\.blocks).min { $0.count < $1.count } ?? []
        for executor in executors { executor.pool.smallestShare = 0 }
    }

    /// Stages that hold their part of the model only.
    convenience init(
        _ fixture: Fixture, cuts: [Int] = [], _ change: (inout ExecutorOptions) -> Void = { _ in }
    ) throws {
        let ranges = StageRange.stages(cuts, of: fixture.configuration)
        let executors = try ranges.map {
            try CPUStageExecutor(fixture, stage: $0) { options in
                options.maxBlocks = 640
                change(&options)
            }
        }
        self.init(executors, ranges)
    }

    /// Stages that hold the whole model, each with a numbering of blocks of its own.
    convenience init(
        whole fixture: Fixture, cuts: [Int], seed: UInt64,
        _ change: (inout ExecutorOptions) -> Void = { _ in }
    ) throws {
        var random = SplitMix64(seed: seed)
        let ranges = StageRange.stages(cuts, of: fixture.configuration)
        let executors = try ranges.map { _ in try CPUStageExecutor(fixture, change) }
        self.init(executors, ranges) { $0.shuffle(using: &random) }
    }

    private init(
        _ executors: [CPUStageExecutor], _ ranges: [StageRange],
        renumber: (inout [BlockID]) -> Void
    ) {
        let plain = Pipeline(executors, ranges)
        stages = plain.stages.map { stage in
            var stage = stage
            renumber(&stage.blocks)
            return stage
        }
        freeBlocks = plain.freeBlocks
    }

    private var blockSize: TokenCount { stages[0].executor.options.blockSize }

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
        while sequences[index].blocks.count * blockSize < tokens {
            sequences[index].blocks.append(freeBlocks.removeLast())
        }
    }

    /// Runs one step; returns the logits that the parts asked for.
    func step(_ parts: [Part]) throws -> [Row: [Float]] {
        var step = Step(id: StepID(steps), group: GroupID(0), stageCount: stages.count)
        var tables: [BlockID] = []
        steps += 1
        for part in parts {
            let first = sequences[part.sequence].done
            reserve(part.sequence, tokens: first + part.count)
            let sequence = sequences[part.sequence]
            let tokens = step.tokens.count
            step.tokens += sequence.tokens[first..<first + part.count]
            let blocks = tables.count
            tables += sequence.blocks.prefix(
                blocksNeeded(for: first + part.count, blockSize: blockSize))
            step.entries.append(
                StepEntry(
                    sequence: sequence.id, firstPosition: first,
                    tokens: tokens..<step.tokens.count, blocks: blocks..<tables.count,
                    output: part.output))
            sequences[part.sequence].done += part.count
        }
        step.blocks = stages.flatMap { stage in tables.map { stage.blocks[$0.index] } }
        return try run(step, parts)
    }

    private func run(_ step: Step, _ parts: [Part]) throws -> [Row: [Float]] {
        var answer: [Row: [Float]] = [:]
        var hidden: [Float]?
        for (index, stage) in stages.enumerated() {
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
                    try stage.executor.run(
                        step, stage: index, range: stage.range, input: $0, consume: consume)
                }
            } else {
                try stage.executor.run(
                    step, stage: index, range: stage.range, input: nil, consume: consume)
            }
            hidden = next
        }
        return answer
    }
}

extension StageRange {
    /// The model cut before each of the layers in `cuts`.
    static func stages(_ cuts: [Int], of model: ModelConfiguration) -> [StageRange] {
        let bounds = [0] + cuts + [model.layerCount]
        return (0..<bounds.count - 1).map { index in
            StageRange(
                layers: bounds[index]..<bounds[index + 1], hasEmbedding: index == 0,
                hasHead: index == bounds.count - 2)
        }
    }
}

extension CPUStageExecutor {
    /// A small executor of the family, of the whole model unless `stage` says otherwise.
    convenience init(
        _ fixture: Fixture, stage: StageRange? = nil, mapping: PagePool.Mapping = .init(),
        _ change: (inout ExecutorOptions) -> Void = { _ in }
    ) throws {
        var options = ExecutorOptions(budget: .mebibytes(24))
        options.computeType = .f32
        options.maxBatchedTokens = 256
        options.threads = 1
        change(&options)
        let whole = StageRange.whole(layerCount: fixture.configuration.layerCount)
        try self.init(
            fixture.configuration, checkpoint: Checkpoint(fixture.directory),
            stage: stage ?? whole, options: options, mapping: mapping)
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
