import Domain
import Scheduling
import Testing

@testable import Cluster

/// Drives one cell with symbolic executors, checks its invariants after every event, and keeps
/// what every request received.
struct CellHarness {
    var cell: Cell
    var executors: [SymbolicExecutor]
    /// Steps that run and are not finished, by group.
    var inFlight: [Step] = []
    var received: [RequestID: [TokenID]] = [:]
    var ended: [RequestID: FinishReason] = [:]
    var rejected: [RequestID: RejectReason] = [:]
    var notes: [Note] = []
    private var requests: [SequenceID: GenerationRequest] = [:]
    private var submitted: [RequestID: GenerationRequest] = [:]
    private var now = Instant.zero

    static let vocabularySize = 50

    init(
        blockCounts: [BlockCount], _ configure: (inout SchedulerConfiguration) -> Void = { _ in }
    ) {
        var scheduler = SchedulerConfiguration(maxModelLength: 96)
        scheduler.blockSize = 4
        scheduler.maxBatchedTokens = 16
        configure(&scheduler)
        cell = Cell(
            configuration: CellConfiguration(
                scheduler: scheduler, vocabularySize: Self.vocabularySize,
                blockCounts: blockCounts))
        executors = blockCounts.map {
            SymbolicExecutor(
                blockCount: $0, blockSize: scheduler.blockSize,
                vocabularySize: UInt64(Self.vocabularySize))
        }
    }

    mutating func send(_ input: Input) {
        var effects: [Effect] = []
        if case .submitted(let request) = input { submitted[request.id] = request }
        now = now + .milliseconds(1)
        cell.handle(input, at: now, into: &effects)
        cell.checkInvariants()
        for effect in effects { perform(effect) }
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .runStep(let step): inFlight.append(step)
        case .accepted(let request, let sequence): requests[sequence] = submitted[request]
        case .rejected(let request, let reason): rejected[request] = reason
        case .started: break
        case .emit(let sequence, let token): emit(token, of: sequence)
        case .finished(let sequence, let reason, let usage): finish(sequence, reason, usage)
        case .released(let sequence): requests[sequence] = nil
        case .note(let note): notes.append(note)
        }
    }

    private mutating func emit(_ token: TokenID, of sequence: SequenceID) {
        guard let request = requests[sequence] else {
            Issue.record("a token for nobody")
            return
        }
        #expect(ended[request.id] == nil, "a token after the end")
        received[request.id, default: []].append(token)
    }

    private mutating func finish(
        _ sequence: SequenceID, _ reason: FinishReason, _ usage: GenerationUsage
    ) {
        guard let request = requests[sequence] else {
            Issue.record("an end for nobody")
            return
        }
        #expect(ended[request.id] == nil, "two ends")
        ended[request.id] = reason
        #expect(usage.generatedTokens == received[request.id]?.count ?? 0)
    }

    /// Finishes the oldest step in flight.
    mutating func finishStep() {
        guard !inFlight.isEmpty else { return }
        let step = inFlight.removeFirst()
        let truth = { [requests, received] (sequence: SequenceID) -> [TokenID] in
            guard let request = requests[sequence] else { return [] }
            return request.prompt + (received[request.id] ?? [])
        }
        let sampled = executors[step.group.index].run(step, truth: truth)
        send(.stepFinished(step, sampled: sampled))
    }

    /// Runs until nothing is in flight; a cell with work and nothing in flight has stalled.
    mutating func drainSteps() {
        while !inFlight.isEmpty { finishStep() }
        #expect(cell.isIdle, "the cell stopped with work left")
    }

    /// The continuation that a quiet instance gives.
    func expectation(for request: GenerationRequest) -> [TokenID] {
        let room = cell.groups[0].maxSequenceLength - request.prompt.count
        let all = executors[0].continuation(
            of: request.prompt, count: min(request.stop.maxTokens, room))
        let stopAt = all.indices.first {
            $0 + 1 >= request.stop.minTokens && request.stop.stopTokens.contains(all[$0])
        }
        return stopAt.map { Array(all[...$0]) } ?? all
    }
}
