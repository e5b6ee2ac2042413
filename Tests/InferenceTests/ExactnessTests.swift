import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Inference

/// The exactness contract: on one tier the logits of a sequence are the same bits whatever else
/// runs, however its tokens are cut, and wherever its KV came from.
struct ExactnessTests {
    /// A family on one tier in one compute type.
    struct Setting: CustomStringConvertible, Sendable {
        var name: String
        var tier: String
        var type: ComputeType
        var description: String { "\(name) \(tier) \(type)" }

        /// Every tier and type with shared heads, a window and norms per head; the other families
        /// once.
        static let all: [Setting] =
            KernelTier.available.flatMap { tier in
                ComputeType.allCases.flatMap { type in
                    ["llama_mqa", "mistral", "qwen3"].map {
                        Setting(name: $0, tier: tier.name, type: type)
                    }
                }
            }
            + ["llama3", "qwen2"].map {
                Setting(name: $0, tier: KernelTier.available[0].name, type: .bf16)
            }

        func pipeline(
            cuts: [Int] = [], _ change: (inout ExecutorOptions) -> Void = { _ in }
        ) throws -> Pipeline {
            try Pipeline(Fixture(name), cuts: cuts) { options in
                options.tier = tier
                options.computeType = type
                change(&options)
            }
        }

        /// Instances that hold the whole model and run a part of it.
        func overlay(cuts: [Int], seed: UInt64) throws -> Pipeline {
            try Pipeline(whole: Fixture(name), cuts: cuts, seed: seed) { options in
                options.tier = tier
                options.computeType = type
            }
        }

        /// 72 tokens: the prompt and a part of its continuation.
        func tokens() throws -> [TokenID] {
            let fixture = try Fixture(name)
            return fixture.prompt + fixture.greedy.prefix(32)
        }

        /// The sequence alone, in one step.
        func reference() throws -> [Int: [Float]] {
            if let known = Self.references.withLock({ $0[description] }) { return known }
            let pipeline = try pipeline()
            let logits = try pipeline.prefill(pipeline.add(tokens()))
            Self.references.withLock { $0[description] = logits }
            return logits
        }

        private static let references = Mutex<[String: [Int: [Float]]]>([:])
    }

    @Test(arguments: Setting.all)
    func chunksDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        for chunk in [1, 7, 64] {
            let pipeline = try setting.pipeline()
            pipeline.shuffleBlocks(seed: UInt64(chunk))
            let logits = try pipeline.prefill(pipeline.add(setting.tokens()), chunk: chunk)
            expectSameBits(logits, expected, "chunks of \(chunk)")
        }
    }

    @Test(arguments: Setting.all)
    func threadsDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        for threads in [2, 3] {
            let pipeline = try setting.pipeline { $0.threads = threads }
            let logits = try pipeline.prefill(pipeline.add(setting.tokens()), chunk: 40)
            expectSameBits(logits, expected, "\(threads) threads")
        }
    }

    @Test(arguments: Setting.all)
    func stagesDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        for cuts in [[1], [1, 2]] {
            let pipeline = try setting.pipeline(cuts: cuts)
            let logits = try pipeline.prefill(pipeline.add(setting.tokens()), chunk: 33)
            expectSameBits(logits, expected, "cut at \(cuts)")
        }
    }

    /// Parts of the model on instances that hold all of it and number their blocks differently.
    @Test(arguments: Setting.all)
    func partsOfWholeInstancesDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        let alone = try setting.overlay(cuts: [], seed: 1)
        for cuts in [[], [2], [1, 2]] {
            let pipeline = try setting.overlay(cuts: cuts, seed: UInt64(cuts.count))
            let logits = try pipeline.prefill(pipeline.add(setting.tokens()), chunk: 29)
            expectSameBits(logits, expected, "parts at \(cuts)")
            if cuts.isEmpty { _ = try alone.prefill(alone.add(setting.tokens()), chunk: 31) }
            expectSameKV(pipeline, alone)
        }
    }

    /// Every stage has stored the first sequence's KV in the blocks that its table names.
    private func expectSameKV(_ pipeline: Pipeline, _ other: Pipeline) {
        for stage in pipeline.stages {
            let (view, otherView) = (stage.executor.memoryView, other.stages[0].executor.memoryView)
            let blocks = zip(pipeline.sequences[0].blocks, other.sequences[0].blocks)
            for (block, otherBlock) in blocks {
                for layer in stage.range.layers {
                    let same = memcmp(
                        view.kv(layer: layer, block: stage.blocks[block.index]),
                        otherView.kv(layer: layer, block: other.stages[0].blocks[otherBlock.index]),
                        view.blockBytes)
                    #expect(same == 0)
                }
            }
        }
    }

    /// The MLP and the head in pieces of a few rows.
    @Test(arguments: Setting.all)
    func piecesOfAStepDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        let pipeline = try setting.pipeline { options in
            options.mlpRows = 5
            options.logitMemory = ByteCount(3 * 320 * 4)
        }
        let logits = try pipeline.prefill(pipeline.add(setting.tokens()))
        expectSameBits(logits, expected, "pieces of a step")
    }

    @Test(arguments: Setting.all)
    func othersInTheBatchDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        let pipeline = try setting.pipeline()
        pipeline.shuffleBlocks(seed: 5)
        var random = SplitMix64(seed: 11)
        let tokens = try setting.tokens()
        let own = pipeline.add(tokens)
        let others = (0..<32).map { _ in
            pipeline.add((0..<48).map { _ in TokenID(UInt32.random(in: 3..<320, using: &random)) })
        }
        var logits: [Int: [Float]] = [:]
        while pipeline.sequences[own].done < tokens.count {
            var parts = others.map { other in
                let left = 48 - pipeline.sequences[other].done
                let count = min(left, Int.random(in: 1...6, using: &random))
                return Pipeline.Part(sequence: other, count: count, output: .none)
            }.filter { $0.count > 0 }
            let left = tokens.count - pipeline.sequences[own].done
            let part = Pipeline.Part(
                sequence: own, count: min(left, Int.random(in: 1...30, using: &random)),
                output: StepOutput(sample: true, promptLogprobs: true))
            parts.insert(part, at: Int.random(in: 0...parts.count, using: &random))
            for (row, values) in try pipeline.step(parts) where row.sequence == own {
                logits[row.position] = values
            }
        }
        expectSameBits(logits, expected, "a batch of 33")
    }

    @Test(arguments: Setting.all)
    func sharedPrefixDoesNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        let pipeline = try setting.pipeline()
        let tokens = try setting.tokens()
        // Another sequence with the same 48 first tokens and other ones after them.
        let first = pipeline.add(Array(tokens[..<48]) + [7, 8, 9])
        _ = try pipeline.prefill(first, chunk: 20)
        let second = pipeline.add(tokens)
        pipeline.sequences[second].blocks = Array(pipeline.sequences[first].blocks[..<3])
        pipeline.sequences[second].done = 48
        let logits = try pipeline.prefill(second)
        expectSameBits(logits, expected.filter { $0.key >= 48 }, "a shared prefix")
    }

    @Test(arguments: Setting.all)
    func preemptionDoesNotMatter(setting: Setting) throws {
        let fixture = try Fixture(setting.name)
        let quiet = try setting.pipeline()
        let undisturbed = try quiet.generate(quiet.add(fixture.prompt), count: 20)
        let pipeline = try setting.pipeline()
        let sequence = pipeline.add(fixture.prompt)
        var logits = try pipeline.generate(sequence, count: 9)
        pipeline.preempt(sequence)
        _ = try pipeline.prefill(pipeline.add(fixture.prompt.reversed()))
        logits += try pipeline.generate(sequence, count: 11)
        #expect(pipeline.sequences[sequence].tokens == quiet.sequences[0].tokens)
        #expect(logits.elementsEqual(undisturbed, by: sameBits))
    }

    @Test(arguments: Setting.all)
    func oldBytesDoNotMatter(setting: Setting) throws {
        let expected = try setting.reference()
        let pipeline = try setting.pipeline()
        for stage in pipeline.stages { poison(stage.executor) }
        let logits = try pipeline.prefill(pipeline.add(setting.tokens()), chunk: 30)
        expectSameBits(logits, expected, "memory full of not-a-number")
    }

    private func poison(_ executor: CPUStageExecutor) {
        let kvBytes = executor.plan.kvPagesPerLayer * executor.plan.pageSize.bytes
        for layer in executor.stage.layers {
            memset(executor.kv.base(layer: layer), 0xFF, kvBytes)
        }
        memset(executor.workspace.hidden, 0xFF, executor.workspace.layout.byteCount)
    }
}

/// Whether both hold the same bits: not-a-number equals itself, and 0 is not −0.
func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count
        && a.withUnsafeBytes { a in
            b.withUnsafeBytes { b in
                guard let left = a.baseAddress, let right = b.baseAddress else { return true }
                return memcmp(left, right, a.count) == 0
            }
        }
}

func expectSameBits(
    _ logits: [Int: [Float]], _ expected: [Int: [Float]], _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        logits.keys.sorted() == expected.keys.sorted(), what, sourceLocation: sourceLocation)
    let different = expected.keys.sorted().filter {
        !sameBits(logits[$0] ?? [], expected[$0] ?? [])
    }
    #expect(different == [], what, sourceLocation: sourceLocation)
}
