internal import Domain
internal import Gateway
internal import Synchronization

/// A cell for operators that shows what it is given and remembers what it is asked.
final class FakeCluster: ClusterOperations {
    typealias Oracle = @Sendable (WhatIfQuestion) async throws -> WhatIfAnswer

    private let shared = Mutex(Shared())
    private let oracle: Oracle

    private struct Shared {
        var snapshot = ClusterSnapshot.test
        var events: [ClusterEvent] = []
        var commands: [OperatorCommand] = []
        var outcome = CommandOutcome.accepted("As you wish.")
    }

    init(oracle: @escaping Oracle = { _ in .test }) { self.oracle = oracle }

    var commands: [OperatorCommand] { shared.withLock { $0.commands } }

    func show(_ snapshot: ClusterSnapshot) { shared.withLock { $0.snapshot = snapshot } }

    func answer(with outcome: CommandOutcome) { shared.withLock { $0.outcome = outcome } }

    func log(_ kind: String, _ message: String) {
        shared.withLock { shared in
            let number = UInt64(shared.events.count + 1)
            shared.events.append(
                ClusterEvent(
                    number: number, time: .milliseconds(Int(number) * 250), kind: kind,
                    message: message))
        }
    }

    func snapshot() -> ClusterSnapshot { shared.withLock { $0.snapshot } }

    func events(after number: UInt64) -> [ClusterEvent] {
        shared.withLock { $0.events.filter { $0.number > number } }
    }

    func command(_ command: OperatorCommand) async -> CommandOutcome {
        shared.withLock { shared in
            shared.commands.append(command)
            return shared.outcome
        }
    }

    func whatIf(_ question: WhatIfQuestion) async throws -> WhatIfAnswer {
        try await oracle(question)
    }
}

extension ClusterSnapshot {
    /// Two instances of a model of eight layers in one pipeline, and a group that is closing.
    static var test: ClusterSnapshot {
        let first = GroupStage(
            instance: InstanceID(0),
            range: StageRange(layers: 0..<4, hasEmbedding: true, hasHead: false))
        let second = GroupStage(
            instance: InstanceID(1),
            range: StageRange(layers: 4..<8, hasEmbedding: false, hasHead: true))
        let whole = GroupStage(instance: InstanceID(1), range: .whole(layerCount: 8))
        let serving = GroupSnapshot(
            id: GroupID(2), stages: [first, second], running: 5, waiting: 3, stalled: 0,
            stepsInFlight: 2, usedBlocks: 40, totalBlocks: 100, phase: .serving)
        let closing = GroupSnapshot(
            id: GroupID(1), stages: [whole], running: 2, waiting: 0, stalled: 1,
            stepsInFlight: 0, usedBlocks: 8, totalBlocks: 50, phase: .closing)
        var interactive = InstanceSnapshot.test(0, first.range, .dropped)
        interactive.service = .init(.interactive, batchSize: 24)
        return ClusterSnapshot(
            time: .milliseconds(12_345), policy: "drop",
            instances: [interactive, .test(1, second.range, .changing)],
            groups: [closing, serving], running: 7, waiting: 3,
            ttft: RecentLatency(p50: .microseconds(41_500), p99: .seconds(2)))
    }
}

extension InstanceSnapshot {
    fileprivate static func test(
        _ id: UInt32, _ range: StageRange, _ phase: Phase
    ) -> InstanceSnapshot {
        let memory = Memory(
            budget: ByteCount(2000), weights: ByteCount(800), kvUsed: ByteCount(400),
            kvCached: ByteCount(200), kvFree: ByteCount(300), workspace: ByteCount(290),
            spare: ByteCount(10))
        return InstanceSnapshot(
            id: InstanceID(id), phase: phase, layers: range.layers,
            hasEmbedding: range.hasEmbedding, hasHead: range.hasHead, memory: memory)
    }
}

extension WhatIfAnswer {
    static var test: WhatIfAnswer {
        let spread = Spread(
            p50: .milliseconds(20), p90: .milliseconds(90), p99: .milliseconds(99),
            max: .milliseconds(100))
        return WhatIfAnswer(
            requests: 2, rejected: 1, ttft: spread, queue: nil, peakDemand: 1.25,
            events: [.init(time: .seconds(1.5), kind: "drop_started", message: "layers 4–7")],
            timeline: [
                .init(running: 1, waiting: 0, usedBlocks: 4, totalBlocks: 50),
                .init(running: 2, waiting: 3, usedBlocks: 60, totalBlocks: 100),
            ])
    }
}
