import Cluster
import Domain
import Foundation
import Inference
import Scheduling
import Telemetry

@testable import Runtime

/// A runtime over a tiny real model, with few blocks where a test wants trouble.
struct RuntimeHarness {
    let runtime: CellRuntime
    let metrics: ServerMetrics
    let vocabularySize: Int

    /// - Parameter kv: KV bytes of each instance; small values make preemption likely.
    init(
        fixture: String = "llama3", kv: ByteCount = .mebibytes(2), instances: Int = 1,
        _ configure: (inout SchedulerConfiguration) -> Void = { _ in }
    ) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "InferenceTests/Fixtures/\(fixture)")
        var configuration = EngineConfiguration(model: ModelDirectory(path: folder.path()))
        configuration.instances = instances
        configuration.memory = .kvCache(kv)
        configuration.threadsPerInstance = 1
        configuration.maxModelLength = 160
        configuration.scheduler.maxBatchedTokens = 64
        configure(&configuration.scheduler)
        let engine = try Engine(configuration)
        vocabularySize = engine.model.vocabularySize
        metrics = ServerMetrics(
            modelName: "tiny", maxModelLength: 160, blockSize: configuration.scheduler.blockSize,
            blockCount: engine.cell.blockCounts.reduce(0, +), version: "test")
        let (cell, sampler) = (engine.cell, engine.sampler)
        runtime = try CellRuntime(
            configuration: cell, executors: engine.executors, sampler: sampler, metrics: metrics)
    }

    func request(
        prompt: [TokenID], maxTokens: Int, _ change: (inout SamplingParameters) -> Void = { _ in }
    ) -> GenerationRequest {
        var sampling = SamplingParameters()
        sampling.temperature = 0
        change(&sampling)
        return GenerationRequest(
            id: runtime.nextRequestID(), prompt: prompt, sampling: sampling,
            stop: StopConditions(maxTokens: maxTokens))
    }

    /// Everything one request is told.
    func collect(_ request: GenerationRequest) async -> Answer {
        var answer = Answer()
        for await event in runtime.generate(request) {
            switch event {
            case .promptLogprobs(let scored): answer.prompt += scored
            case .tokens(let tokens): answer.tokens += tokens
            case .finished(let reason, let usage):
                answer.reason = reason
                answer.usage = usage
            case .rejected(let reason): answer.rejection = reason
            }
        }
        return answer
    }

    struct Answer: Hashable, Sendable {
        var prompt: [SampledToken] = []
        var tokens: [SampledToken] = []
        var reason: FinishReason?
        var usage: GenerationUsage?
        var rejection: RejectReason?
    }

    /// A series of the metrics, summed over its labels.
    func metric(_ name: String) -> Double {
        String(decoding: metrics.render(), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix(name + "{") }
            .compactMap { Double($0.split(separator: " ").last ?? "") }
            .reduce(0, +)
    }
}
