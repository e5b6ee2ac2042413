import Domain
import TestSupport
import Testing

@testable import Runtime

/// Keeps groups of a fake fleet busy with random steps until every sequence has its tokens.
struct StepDriver {
    private let harness: FleetHarness
    private let groups: [[GroupStage]]
    private var random: SplitMix64
    private var table = PipelineTable()
    private(set) var sequences: [FakeSequence]
    /// By group: sequences in no step.
    private var idle: [[Int]]
    private var inFlight: [Int]
    private var steps: UInt32 = 0
    /// Steps that failed, and reports that are not about steps.
    private(set) var failed: [StepID] = []
    private(set) var others: [Report] = []

    private static let mostInFlight = 3
    private static let length = 8

    /// Sequences are dealt out to the groups in turn.
    init(_ harness: FleetHarness, groups: [[GroupStage]], sequences count: Int, seed: Int) {
        self.harness = harness
        self.groups = groups
        random = SplitMix64(seed: seed)
        sequences = (0..<count).map { FakeSequence.random(index: $0, seed: seed) }
        idle = groups.indices.map { group in
            (0..<count).filter { $0 % groups.count == group }
        }
        inFlight = groups.map { _ in 0 }
        for (group, stages) in groups.enumerated() {
            table.form(GroupID(index: group), stages, at: .zero)
        }
    }

    /// What sequences generate when each is alone on one instance.
    static func expectedTokens(sequences: Int, seed: Int) throws -> [[TokenID]] {
        let quiet = try FleetHarness(instances: 1)
        defer { quiet.fleet.stop() }
        var driver = StepDriver(
            quiet, groups: [[GroupStage(0, 0..<FakeExecutor.layerCount)]], sequences: sequences,
            seed: seed)
        try driver.run()
        return driver.sequences.map { Array($0.generated) }
    }

    /// `between` is called before every look at the reports.
    mutating func run(_ between: (inout SplitMix64) -> Void = { _ in }) throws {
        while true {
            for group in groups.indices { plan(group) }
            between(&random)
            if inFlight.allSatisfy({ $0 == 0 }) { return }
            take(try harness.nextReport())
        }
    }

    private mutating func plan(_ group: Int) {
        while inFlight[group] < Self.mostInFlight, !idle[group].isEmpty {
            idle[group].shuffle(using: &random)
            let count = min(idle[group].count, .random(in: 1...3, using: &random))
            let chosen = Array(idle[group].suffix(count))
            idle[group].removeLast(count)
            let step = FakeSequence.step(
                &sequences, chosen, id: StepID(steps), group: GroupID(index: group),
                stageCount: groups[group].count)
            steps += 1
            inFlight[group] += 1
            let records = chosen.map { sequences[$0].record }
            harness.fleet.run(table.begin(step, records: records, at: CellRuntime.now))
        }
    }

    private mutating func take(_ report: Report) {
        guard case .stepEnded(let order, let result) = report else {
            others.append(report)
            return
        }
        table.end(order, at: CellRuntime.now)
        inFlight[order.step.group.index] -= 1
        guard case .success(let samples) = result else {
            failed.append(order.step.id)
            return
        }
        #expect(samples.sequences == order.step.entries.map(\.sequence))
        for (sequence, sampled) in zip(samples.sequences, samples.tokens) {
            sequences[sequence.index].append(sampled.token)
            if sequences[sequence.index].generated.count < Self.length {
                idle[order.step.group.index].append(sequence.index)
            }
        }
    }
}
