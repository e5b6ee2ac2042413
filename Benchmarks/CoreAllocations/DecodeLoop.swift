internal import Cluster
internal import Domain
internal import Planning
internal import Scheduling

/// A cell that decodes the same sequences for ever: each step that it asks for is answered at once,
/// the oldest first, and so is everything else.
struct DecodeLoop {
    static let sequenceCount = 64
    private static let promptTokens = 1000
    private static let layerCount = 4

    private var cell: Cell
    private var now = Instant.zero
    private var effects: [Effect] = []
    /// Steps to be answered, the oldest first.
    private var flights: [(step: StepID, group: GroupID)] = []
    /// Answers to what comes before the first step.
    private var answers: [Input] = []
    /// As many as any step may sample.
    private let sampled = Array(repeating: TokenID(7), count: sequenceCount)

    /// - Parameter stages: Instances, which are one pipeline when there are several.
    init(stages: Int) {
        var scheduler = SchedulerConfiguration(maxModelLength: 2048)
        // Twice what a prompt needs, so that sequences grow without preempting one another.
        let blocks = 2 * Self.sequenceCount * Self.promptTokens / scheduler.blockSize
        scheduler.maxBatchedTokens = 2048
        let shape = InstanceMemoryShape(
            pageSize: .kibibytes(4), blockBytes: .kibibytes(4), embeddingPages: 1,
            layerPages: Array(repeating: 16, count: Self.layerCount), headPages: 1,
            kvPagesPerLayer: blocks, sparePages: 0, workspacePages: 1, sharesEmbedding: false)
        var configuration = CellConfiguration(
            scheduler: scheduler, vocabularySize: 1000,
            instances: Array(repeating: shape, count: stages))
        if stages > 1 { configuration.overloadPolicy = .staticPipeline }
        configuration.pipelineStages = stages
        cell = Cell(configuration: configuration)
        send(.tick)
        for number in 0..<Self.sequenceCount { send(.submitted(Self.request(number))) }
    }

    private static func request(_ number: Int) -> GenerationRequest {
        GenerationRequest(
            id: RequestID(UInt64(number)),
            prompt: (0..<promptTokens).map { TokenID(UInt32(($0 * 31 + number * 17) % 1000)) },
            sampling: SamplingParameters(), stop: StopConditions(maxTokens: 1000))
    }

    /// Ends the oldest step, which brings about the next one.
    mutating func step() {
        let flight = flights.removeFirst()
        send(.stepFinished(flight.step, of: flight.group, sampled: sampled))
    }

    private mutating func send(_ input: Input) {
        now = now + .milliseconds(10)
        cell.handle(input, at: now, into: &effects)
        for effect in effects { take(effect) }
        // Steps are written where older ones were: nobody may hold on to those.
        effects.removeAll(keepingCapacity: true)
        while let answer = answers.popLast() { send(answer) }
    }

    private mutating func take(_ effect: Effect) {
        switch effect {
        case .runStep(let step): flights.append((step.id, step.group))
        case .changeMemory(let instance, _):
            answers.append(.memoryChanged(instance, failure: nil))
        case .transfer(let transfer):
            answers.append(.transferFinished(transfer.id, failure: nil))
        default: break
        }
    }
}
