import Domain
import Synchronization
import TestSupport
import Testing

@testable import Runtime

/// Steps through the stages of groups, on instances without a model.
struct FleetStepTests {
    private static let pipelines: [[GroupStage]] = [
        [GroupStage(0, 0..<2), GroupStage(1, 2..<4)],
        [GroupStage(2, 0..<1), GroupStage(1, 1..<2), GroupStage(0, 2..<4)],
    ]

    /// Groups that share instances, many steps in flight: the tokens are those of one instance.
    @Test(arguments: 0..<20)
    func pipelinesComputeWhatOneInstanceComputes(seed: Int) throws {
        let harness = try FleetHarness(instances: 3)
        defer { harness.fleet.stop() }
        var driver = StepDriver(harness, groups: Self.pipelines, sequences: 12, seed: seed)
        try driver.run()
        let expected = try StepDriver.expectedTokens(sequences: 12, seed: seed)
        #expect(driver.sequences.map { Array($0.generated) } == expected)
        #expect(driver.failed.isEmpty)
    }

    @Test(arguments: 0..<5)
    func stepsOfAGroupStayInOrderOnEveryStage(seed: Int) throws {
        let harness = try FleetHarness(instances: 3)
        defer { harness.fleet.stop() }
        var driver = StepDriver(harness, groups: Self.pipelines, sequences: 12, seed: seed)
        try driver.run()
        for hooks in harness.hooks {
            var last: [GroupID: StepID] = [:]
            for case .ran(let step, let group, _) in hooks.deeds.withLock({ $0 }) {
                #expect(last[group].map { $0 < step } ?? true)
                last[group] = step
            }
        }
    }

    /// A step that fails at any stage is reported once, goes no further, and the rest goes on.
    @Test(arguments: 0..<3)
    func aStepThatFailsIsReportedOnce(stage: Int) throws {
        let harness = try FleetHarness(instances: 3)
        defer { harness.fleet.stop() }
        let group = [GroupStage(0, 0..<1), GroupStage(1, 1..<3), GroupStage(2, 3..<4)]
        let bad = StepID(4)
        harness.hooks[stage].failing.withLock { _ = $0.insert(bad) }
        var driver = StepDriver(harness, groups: [group], sequences: 9, seed: stage)
        try driver.run()
        #expect(driver.failed == [bad])
        for (index, hooks) in harness.hooks.enumerated() {
            #expect(hooks.steps.contains(bad) == (index <= stage))
        }
        let expected = try StepDriver.expectedTokens(sequences: 9, seed: stage)
        let served = driver.sequences.filter { $0.generated.count == expected[0].count }
        #expect(served.count < 9 && served.count >= 6)
        for sequence in served {
            #expect(Array(sequence.generated) == expected[sequence.id.index])
        }
    }

    /// Busy and waiting time of two stages where the second one is the slower.
    @Test func bubblesAreFoundWhereStagesWait() throws {
        let harness = try FleetHarness(instances: 2)
        defer { harness.fleet.stop() }
        for (instance, milliseconds) in [2, 6].enumerated() {
            harness.hooks[instance].beforeStep.withLock {
                $0 = { _ in spin(for: .milliseconds(milliseconds)) }
            }
        }
        let group = [GroupStage(0, 0..<2), GroupStage(1, 2..<4)]
        var driver = StepDriver(harness, groups: [group], sequences: 6, seed: 1)
        try driver.run()
        let first = harness.metrics.pipelineSeconds(stage: 0)
        let second = harness.metrics.pipelineSeconds(stage: 1)
        #expect(first.busy > 0 && second.busy > first.busy)
        #expect(first.bubble > second.bubble)
    }

    @Test func stoppingEndsEveryThread() throws {
        let harness = try FleetHarness(instances: 3)
        var driver = StepDriver(harness, groups: Self.pipelines, sequences: 6, seed: 3)
        try driver.run()
        harness.fleet.stop()
        harness.fleet.stop()
    }
}

/// Passes time without giving the processor away.
private func spin(for duration: Duration) {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {}
}
