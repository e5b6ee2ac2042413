import Cluster
import Domain
import Planning
import Scheduling
import Simulation

/// Two small instances of a model of four layers whose weights take half of the memory.
enum Fixtures {
    static let layers = 4
    static let vocabularySize = 50

    static let shape = InstanceMemoryShape(
        pageSize: ByteCount(32), blockBytes: ByteCount(16), embeddingPages: 1,
        layerPages: Array(repeating: 20, count: layers), headPages: 2, kvPagesPerLayer: 20,
        sparePages: 1, workspacePages: 1, sharesEmbedding: false)

    static func cell(
        _ policy: OverloadPolicy = .drop, instances: Int = 2,
        _ change: (inout CellConfiguration) -> Void = { _ in }
    ) -> Cell {
        var scheduler = SchedulerConfiguration(maxModelLength: 96)
        scheduler.blockSize = 4
        scheduler.maxBatchedTokens = 64
        var configuration = CellConfiguration(
            scheduler: scheduler, vocabularySize: vocabularySize,
            instances: Array(repeating: shape, count: instances))
        configuration.overloadPolicy = policy
        configuration.hostBlocks = policy == .swap ? 200 : 0
        change(&configuration)
        return Cell(configuration: configuration)
    }

    /// Decoding takes 20 ms a step, however many sequences there are.
    static let costs: ClusterCosts = {
        let decode = BatchCostModel.Decode(
            perStep: 0.02, perSequence: 1e-5, perContextToken: 1e-7)
        let batch = BatchCostModel(
            perPair: 1e-7, perToken: 1e-5, perChunk: 1e-3, shared: 1e-3, decode: decode)
        return ClusterCosts(batch: batch, layerCount: layers, copyBytesPerSecond: 1e5)
    }()

    /// So many requests of one size, one after the other.
    static func arrivals(
        _ count: Int, every interval: Duration, from first: Duration = .zero,
        input: TokenCount = 30, output: TokenCount = 20
    ) -> [WhatIfQuestion.Arrival] {
        (0..<count).map {
            .init(time: first + interval * $0, inputTokens: input, outputTokens: output)
        }
    }

    static func request(
        _ id: UInt64, prompt: Int = 30, maxTokens: Int = 20, stopTokens: [TokenID] = []
    ) -> GenerationRequest {
        GenerationRequest(
            id: RequestID(id),
            prompt: (0..<prompt).map { TokenID(UInt32(($0 * 7 + Int(id)) % vocabularySize)) },
            sampling: SamplingParameters(),
            stop: StopConditions(maxTokens: maxTokens, stopTokens: stopTokens))
    }

    /// The projection at its end. The books are checked after every event.
    static func run(
        _ question: WhatIfQuestion, of cell: Cell = cell(), at now: Instant = .zero,
        outstanding: [Effect] = [], limits: Projection.Limits = .init()
    ) throws -> Projection {
        var cluster = VirtualCluster(cell, at: now, outstanding: outstanding, costs: costs)
        cluster.checksInvariants = true
        var projection = try Projection(question, in: cluster, limits: limits)
        while !projection.isOver { projection.advance(events: 1000) }
        return projection
    }
}

extension WhatIfAnswer {
    func times(of kind: String) -> [Duration] { events.filter { $0.kind == kind }.map(\.time) }
}
