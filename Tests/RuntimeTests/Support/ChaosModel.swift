import Domain
import Foundation
import Inference
import Scheduling
import TestSupport

@testable import Runtime

/// A tiny model with requests whose answers in a quiet run are known.
struct ChaosModel: Sendable {
    let directory: ModelDirectory
    let prompts: [Prompt]
    /// By prompt.
    let answers: [RuntimeHarness.Answer]

    struct Prompt: Sendable {
        var tokens: [TokenID]
        var maxTokens: Int
        var sampling: SamplingParameters
    }

    private static let promptCount = 16

    /// Asks one instance with room for everything, one request after the other.
    init(_ directory: ModelDirectory) async throws {
        self.directory = directory
        let harness = try RuntimeHarness(model: directory) {
            $0.memory = .kvCache(.mebibytes(2))
            $0.scheduler.isPrefixCaching = false
        }
        defer { harness.runtime.stop() }
        prompts = (0..<Self.promptCount).map {
            Self.prompt($0, vocabularySize: harness.vocabularySize)
        }
        var answers: [RuntimeHarness.Answer] = []
        for prompt in prompts { answers.append(await harness.collect(prompt.request(harness))) }
        self.answers = answers
    }

    /// Long and short, greedy and sampled, some with the same beginning.
    private static func prompt(_ index: Int, vocabularySize: Int) -> Prompt {
        var random = SplitMix64(seed: index)
        func tokens(_ count: Int) -> [TokenID] {
            (0..<count).map { _ in
                TokenID(UInt32.random(in: 0..<UInt32(vocabularySize), using: &random))
            }
        }
        let prefix = (0..<32).map { TokenID(UInt32($0 * 7 + 1)) }
        var sampling = SamplingParameters()
        sampling.temperature = index % 4 == 0 ? 0 : 0.9
        sampling.seed = UInt64(index)
        sampling.logprobs = index % 3 == 0 ? 2 : nil
        sampling.promptLogprobs = index % 7 == 3 ? 1 : nil
        if index % 5 == 2 { sampling.repetitionPenalty = 1.1 }
        let own = tokens(.random(in: 1...30, using: &random))
        return Prompt(
            tokens: (index % 3 == 1 ? prefix : []) + own,
            maxTokens: .random(in: 4...30, using: &random), sampling: sampling)
    }

    /// Five layers, so that groups of four have stages of one layer and of two, and can come from
    /// groups that are pipelines themselves, and so much KV per token that memory is short.
    static func writeRandom(tiedEmbeddings: Bool) throws -> ModelDirectory {
        var model = RandomModel(
            hiddenSize: 128, intermediateSize: 64, layerCount: 5, headCount: 4,
            keyValueHeadCount: 4, vocabularySize: 256)
        model.tiedEmbeddings = tiedEmbeddings
        model.seed = tiedEmbeddings ? 1 : 2
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kunserve-chaos-\(UUID().uuidString)")
        let directory = ModelDirectory(path: folder.path())
        try model.write(to: directory)
        return directory
    }
}

extension ChaosModel.Prompt {
    func request(_ harness: RuntimeHarness) -> GenerationRequest {
        GenerationRequest(
            id: harness.runtime.nextRequestID(), prompt: tokens, sampling: sampling,
            stop: StopConditions(maxTokens: maxTokens))
    }
}
