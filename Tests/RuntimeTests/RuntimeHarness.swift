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
        try self.init(model: Self.fixture(fixture)) { configuration in
            configuration.instances = instances
            configuration.memory = .kvCache(kv)
            configure(&configuration.scheduler)
        }
    }

    /// - Parameter configure: Changes anything about an engine with one thread per instance,
    ///   sequences of up to 160 tokens and steps of up to 64.
    /// - Parameter provisioner: What takes the place of the engine's.
    init(
        model: ModelDirectory, exchangeMode: ExchangeMode = .coordinated, faults: Faults? = nil,
        provisioner: (InProcessProvisioner) -> any Provisioner = { $0 },
        _ configure: (inout EngineConfiguration) -> Void
    ) throws {
        var configuration = EngineConfiguration(model: model)
        configuration.threadsPerInstance = 1
        configuration.maxModelLength = 160
        configuration.scheduler.maxBatchedTokens = 64
        configure(&configuration)
        let engine = try Engine(configuration)
        vocabularySize = engine.model.vocabularySize
        metrics = ServerMetrics(
            modelName: "tiny", maxModelLength: 160, blockSize: configuration.scheduler.blockSize,
            blockCount: engine.cell.blockCounts.reduce(0, +), version: "test")
        let (cell, sampler, files) = (engine.cell, engine.sampler, engine.files)
        let executors = engine.executors.map { executor -> any StageExecutor in
            faults.map { FaultyExecutor(executor, $0) } ?? executor
        }
        let provided = provisioner(engine.provisioner)
        runtime = try CellRuntime(
            configuration: cell, executors: executors, sampler: sampler,
            provisioner: faults.map { FaultyProvisioner(provisioner: provided, faults: $0) }
                ?? provided,
            files: files, metrics: metrics, exchangeMode: exchangeMode,
            transport: { transport -> any StageTransport in
                guard let faults else { return transport }
                return FaultyTransport(transport: transport, faults: faults)
            })
    }

    /// One of the tiny models of the inference tests.
    static func fixture(_ name: String) -> ModelDirectory {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "InferenceTests/Fixtures/\(name)")
        return ModelDirectory(path: folder.path())
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
        for await event in runtime.generate(request) { answer.take(event) }
        return answer
    }

    struct Answer: Hashable, Sendable {
        var prompt: [SampledToken] = []
        var tokens: [SampledToken] = []
        var reason: FinishReason?
        var usage: GenerationUsage?
        var rejection: RejectReason?

        mutating func take(_ event: GenerationEvent) {
            switch event {
            case .promptLogprobs(let scored): prompt += scored
            case .tokens(let tokens): self.tokens += tokens
            case .finished(let reason, let usage):
                self.reason = reason
                self.usage = usage
            case .rejected(let reason): rejection = reason
            }
        }
    }

    /// Serves requests until those that were cancelled have left: each one makes the cell look.
    func becomeQuiet() async {
        for token in 1..<200 {
            let prompt = [TokenID(UInt32(token))]
            _ = await collect(request(prompt: prompt, maxTokens: 2))
            if runtime.load == (0, 0) { return }
        }
    }

    /// A series of the metrics, summed over its labels.
    func metric(_ name: String) -> Double {
        String(decoding: metrics.render(), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix(name + "{") }
            .compactMap { Double($0.split(separator: " ").last ?? "") }
            .reduce(0, +)
    }
}
