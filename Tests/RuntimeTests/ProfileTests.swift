import Domain
import Inference
import Scheduling
import TestSupport
import Testing

@testable import Runtime

/// Which steps are measured, and what a profile says of them.
struct ProfileTests {
    // MARK: Steps

    @Test(arguments: 0..<50)
    func everyStepFitsTheExecutor(seed: Int) {
        var random = SplitMix64(seed: seed)
        let grid = ProfileGrid(
            maxTokens: .random(in: 1...2048, using: &random),
            maxLength: .random(in: 1...9000, using: &random), blockSize: 16,
            blockCount: .random(in: 1...4000, using: &random))
        let all = grid.firstChunks + grid.laterChunks + grid.batches + grid.decodes + grid.mixtures
        for kind in all {
            let step = kind.step(blockSize: grid.blockSize, vocabularySize: 50)
            #expect((1...grid.maxTokens).contains(step.tokens.count))
            #expect(step.tokens.count == kind.tokenCount)
            #expect(step.blocks.count == kind.blockCount(blockSize: grid.blockSize))
            #expect(Set(step.blocks).count == step.blocks.count)
            #expect(step.blocks.allSatisfy { $0.index < grid.blockCount })
            #expect(step.tokens.allSatisfy { $0.index < 50 })
            var load = BatchLoad.zero
            for entry in step.entries {
                let end = entry.firstPosition + entry.tokens.count
                #expect(end <= grid.maxLength && end <= entry.blocks.count * grid.blockSize)
                let chunk = PromptChunk(
                    sequence: entry.sequence, prefix: entry.firstPosition,
                    count: entry.tokens.count)
                load += BatchLoad(chunk)
            }
            #expect(load.promptPairs == kind.load.promptPairs + kind.load.decodePairs)
        }
    }

    @Test func theLadderHasTwoSizesPerDoubling() {
        #expect(ProfileGrid.ladder(to: 128) == [16, 24, 32, 48, 64, 96, 128])
        #expect(ProfileGrid.ladder(to: 15) == [])
    }

    @Test func theFillPointIsTheFirstSizeNearTheBestRate() {
        let rates = [(16, 100.0), (32, 180), (64, 270), (128, 300), (256, 290)]
        let measurements = rates.shuffledForTest.map { tokens, rate in
            Profiler.Measurement(
                step: ProfileStep(prefixes: [0], count: tokens), times: [Double(tokens) / rate])
        }
        let other = Profiler.Measurement(
            step: ProfileStep(prefixes: [512], count: 8), times: [1e-9])
        let point = FillPoint(measurements + [other])
        #expect(point.tokens == 64)
        #expect(abs(point.tokensPerSecond - 300) < 1e-9)
    }

    // MARK: A run

    @Test func aRealExecutorGetsAProfile() throws {
        var configuration = EngineConfiguration(model: Self.model)
        configuration.memory = .kvCache(.mebibytes(4))
        configuration.threadsPerInstance = 1
        configuration.maxModelLength = 256
        configuration.scheduler.maxBatchedTokens = 128
        let engine = try Engine(configuration)
        var profiler = Profiler(model: "tiny")
        profiler.seconds = 1
        var heard = 0.0
        let outcome = try profiler.run(on: engine.executors[0]) { heard = max(heard, $0) }
        let profile = outcome.profile
        #expect(heard == 1)
        #expect(profile.costs.perToken > 0 && profile.costs.shared <= profile.costs.perChunk)
        #expect(profile.threads == 1 && profile.maxBatchedTokens == 128)
        #expect((16...128).contains(profile.minTokens))
        #expect(profile.promptTokensPerSecond > 0 && profile.copyBytesPerSecond > 1e6)
        #expect(profile.errors.prompt.samples > 0 && profile.errors.decode.samples > 0)
        #expect(try CostProfile(json: JSON.parse(outcome.json.bytes), source: "p") == profile)
        let steps = outcome.json["steps"]?.arrayValue?.count
        #expect(steps == outcome.measurements.count)
    }

    private static var model: ModelDirectory {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return ModelDirectory(
            path: "/" + parts.joined(separator: "/") + "/InferenceTests/Fixtures/llama3")
    }

    // MARK: Files

    private static let profile = CostProfile(
        model: "m", computeType: "bf16", tier: "scalar", threads: 3, maxBatchedTokens: 512,
        costs: BatchCostModel(
            perPair: 1e-9, perToken: 2e-5, perChunk: 3e-3, shared: 2e-3,
            decode: BatchCostModel.Decode(
                perStep: 1e-3, perSequence: 1e-4, perContextToken: 1e-8)),
        minTokens: 96, promptTokensPerSecond: 1234.5, copyBytesPerSecond: 9e9,
        errors: CostProfile.Errors(
            prompt: CostError(samples: 10, mean: 0.03, worst: 0.1),
            blindPrompt: CostError(samples: 10, mean: 0.4, worst: 1.5),
            decode: CostError(samples: 5, mean: 0.02, worst: 0.04),
            mixed: CostError(samples: 0, mean: 0, worst: 0)))

    @Test func aProfileSurvivesItsFile() throws {
        let bytes = Self.profile.json.bytes
        #expect(try CostProfile(json: JSON.parse(bytes), source: "p") == Self.profile)
    }

    @Test(arguments: [
        ("threads", "0", "p: \"threads\" is 0, expected an integer from 1 to 1024"),
        ("min_tokens", "1.5", "p: \"min_tokens\" is 1.5, expected an integer from 1 to 1048576"),
        ("copy_bytes_per_second", "-1", "expected a number from 1.0 to"),
        ("model", "7", "p: \"model\" is 7, expected a string"),
        ("costs", "[]", "p: cost model: \"costs\" is missing or not an object"),
        ("errors", "null", "p: \"steps\" is missing, expected an integer from 0"),
    ])
    func hostileProfilesGetOneClearError(key: String, value: String, problem: String) throws {
        var object = try #require(Self.profile.json.objectValue)
        object[key] = try JSON.parse(Array(value.utf8))
        let error = #expect(throws: RuntimeError.self) {
            try CostProfile(json: .object(object), source: "p")
        }
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
    }
}

extension Array {
    /// In another order, always the same.
    fileprivate var shuffledForTest: [Element] {
        var random = SplitMix64(seed: 3)
        return shuffled(using: &random)
    }
}
