import Domain
import Planning
import Scheduling
import TestSupport
import Testing

@testable import Cluster

/// Instances that join and leave a cell that serves.
struct ScalingTests {
    private let second = InstanceID(index: 1)

    private func request(
        _ id: UInt64, prompt: Int = 30, maxTokens: Int = 20
    ) -> GenerationRequest {
        DropTests().request(id, prompt: prompt, maxTokens: maxTokens)
    }

    /// So many requests on the first of up to three instances.
    private func loaded(
        _ requests: Int, present: Int = 1, policy: OverloadPolicy = .recompute,
        _ change: (inout CellConfiguration) -> Void = { _ in }
    ) -> (CellHarness, [GenerationRequest]) {
        var harness = CellHarness(blockCounts: [20, 20, 20], weightPages: 8, policy: policy) {
            _ in
        } cell: {
            $0.startInstances = present
            $0.overload.sampleInterval = .milliseconds(2)
            change(&$0)
        }
        let all = (0..<requests).map { request(UInt64($0 + 1)) }
        for request in all { harness.send(.submitted(request)) }
        return (harness, all)
    }

    private func start(_ count: Int, _ harness: inout CellHarness) {
        harness.decide { $0.startInstances(count, .freenessLow, $1, &$2) }
    }

    private func leave(_ instance: InstanceID, _ harness: inout CellHarness) {
        harness.decide { $0.startLeaving(instance, .freenessHigh, $1, &$2) }
    }

    private func expectExact(_ harness: CellHarness, _ requests: [GenerationRequest]) {
        DropTests().expectExact(harness, requests)
        #expect(harness.cell.stores.allSatisfy { $0.usedCount == 0 || $0.capacity > 0 })
        #expect(harness.cell.groups.sum { $0.pool.usedCount } == 0)
    }

    private func stages(_ harness: CellHarness) -> [InstanceID] {
        harness.cell.groups.ids.flatMap { harness.cell.groups[$0].stages.map(\.instance) }
    }

    // MARK: Joining

    @Test func anAbsentInstanceIsNoCapacity() {
        let (harness, _) = loaded(0)
        #expect(stages(harness) == [InstanceID(index: 0)])
        #expect(harness.cell.undroppedCapacity == 20)
        #expect(harness.cell.roster.presences == [.present, .absent, .absent])
    }

    @Test func whatWaitsRunsOnAnInstanceThatJoins() {
        var (harness, requests) = loaded(6)
        for _ in 0..<3 { harness.finishStep() }
        #expect(harness.cell.waitingCount > 0)
        start(1, &harness)
        #expect(harness.cell.undroppedCapacity == 20)
        harness.answer()
        #expect(harness.cell.undroppedCapacity == 40)
        let own = harness.stages.first { $0.value.contains { $0.instance == second } }?.key
        #expect(own != nil && harness.inFlight.contains { $0.group == own })
        let notes = harness.notes.filter {
            if case .instanceJoined(second, _) = $0 { true } else { false }
        }
        #expect(notes.count == 1)
        harness.drainSteps()
        expectExact(harness, requests)
    }

    @Test func aStartThatFailsMayBeTriedAgainLaterAndWithAnother() {
        var (harness, requests) = loaded(6) {
            $0.autoscaling.policy = .freenessBand
            $0.autoscaling.freenessPeriod = .seconds(1000)
            $0.autoscaling.startRetryAfter = .milliseconds(5)
        }
        start(1, &harness)
        harness.answer(failing: true)
        #expect(stages(harness).count == 1 && harness.errands.isEmpty)
        #expect(harness.notes.contains(.instanceStartFailed(second, "no power")))
        start(1, &harness)
        #expect(harness.errands.isEmpty, "too early")
        for _ in 0..<5 { harness.finishStep() }
        start(1, &harness)
        harness.answer()
        #expect(stages(harness).contains(InstanceID(index: 2)))
        harness.drainSteps()
        expectExact(harness, requests)
    }

    @Test func anInstanceThatIsLostWhileItStartsIsForgotten() {
        var (harness, requests) = loaded(4)
        start(1, &harness)
        harness.lose(second)
        #expect(harness.errands.isEmpty && harness.cell.undroppedCapacity == 20)
        // Its answer may still be under way.
        harness.send(.instanceJoined(second, failure: nil))
        #expect(stages(harness) == [InstanceID(index: 0)])
        start(3, &harness)
        #expect(harness.errands.count == 1, "one is left that may be started")
        harness.drainSteps()
        expectExact(harness, requests)
        #expect(harness.cell.undroppedCapacity == 40)
    }

    // MARK: Leaving

    @Test func anInstanceLeavesWhenItsSequencesHaveMoved() {
        var (harness, requests) = loaded(4, present: 2)
        for _ in 0..<6 { harness.finishStep() }
        leave(second, &harness)
        #expect(!harness.absent.contains(second), "it has sequences")
        harness.drainSteps()
        #expect(harness.absent.contains(second))
        #expect(harness.notes.contains(.instanceStopped(second)))
        #expect(stages(harness) == [InstanceID(index: 0)])
        #expect(harness.cell.undroppedCapacity == 20 && harness.cell.stores[1].usedCount == 0)
        expectExact(harness, requests)
        start(1, &harness)
        harness.answer()
        let more = (50..<56).map { request($0) }
        for request in more { harness.send(.submitted(request)) }
        harness.drainSteps()
        expectExact(harness, requests + more)
    }

    @Test func runningSequencesMoveLive() {
        var (harness, _) = loaded(0, present: 2)
        let requests = (1...2).map { request($0, prompt: 10) }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<8 { harness.finishStep() }
        leave(second, &harness)
        harness.drainSteps()
        let hasMoved = harness.notes.contains {
            if case .relocated = $0 { true } else { false }
        }
        let hasRecomputed = harness.notes.contains {
            if case .preempted = $0 { true } else { false }
        }
        #expect(hasMoved && !hasRecomputed)
        expectExact(harness, requests)
    }

    @Test func whoIsCalledBackServesOn() {
        var (harness, requests) = loaded(4, present: 2)
        for _ in 0..<6 { harness.finishStep() }
        leave(second, &harness)
        harness.decide { $0.callOffLeaving(InstanceID(index: 1), .freenessLow, &$2) }
        harness.drainSteps()
        #expect(!harness.absent.contains(second) && stages(harness).count == 2)
        #expect(harness.notes.contains(.scaleInCalledOff(second, .freenessLow)))
        #expect(harness.cell.groups.ids.allSatisfy { harness.cell.groups[$0].isAccepting })
        expectExact(harness, requests)
    }

    @Test func theLastOneDoesNotLeave() {
        var (harness, requests) = loaded(2)
        leave(InstanceID(index: 0), &harness)
        #expect(harness.notes.isEmpty && harness.cell.roster.leaving.isEmpty)
        harness.drainSteps()
        expectExact(harness, requests)
    }

    @Test func nobodyLeavesWhileParametersAreDropped() {
        var (harness, requests) = loaded(2, present: 3, policy: .drop)
        harness.send(.command(.drop(freeing: nil)))
        leave(InstanceID(index: 2), &harness)
        while !harness.errands.isEmpty { harness.answer() }
        leave(InstanceID(index: 2), &harness)
        #expect(harness.cell.roster.leaving.isEmpty)
        harness.drainSteps()
        expectExact(harness, requests)
    }

    @Test func whoLeavesStaysWhenTheOthersAreLost() {
        var (harness, requests) = loaded(4, present: 2)
        for _ in 0..<6 { harness.finishStep() }
        leave(second, &harness)
        harness.lose(InstanceID(index: 0))
        #expect(harness.notes.contains(.scaleInCalledOff(second, nil)))
        harness.drainSteps()
        #expect(stages(harness) == [second])
        expectExact(harness, requests)
    }

    @Test func whoIsLostWhileItLeavesIsNotStopped() {
        var (harness, requests) = loaded(4, present: 2)
        for _ in 0..<6 { harness.finishStep() }
        leave(second, &harness)
        harness.lose(second)
        harness.drainSteps()
        #expect(!harness.absent.contains(second) && harness.cell.undroppedCapacity == 20)
        start(3, &harness)
        #expect(harness.errands.count == 1, "the one that is lost stays away")
        expectExact(harness, requests)
    }
}

// MARK: - Policies

extension ScalingTests {
    private static func configure(_ policy: AutoscalingPolicy, _ cell: inout CellConfiguration) {
        cell.autoscaling.policy = policy
        cell.autoscaling.freenessBand = 10...60
        cell.autoscaling.scalingInterval = .milliseconds(4)
        cell.autoscaling.freenessPeriod = .milliseconds(8)
        cell.autoscaling.minimumLinger = .milliseconds(20)
        cell.autoscaling.assumedLoadTime = .milliseconds(4)
        cell.autoscaling.staticBatchSize = policy == .chiron ? 2 : nil
        cell.autoscaling.busyHysteresis = 0
        cell.autoscaling.maximumInstances = 3
        cell.packing.linger = .milliseconds(20)
    }

    /// A burst brings instances, calm takes them away, and then nobody looks any more.
    @Test(arguments: [AutoscalingPolicy.freenessBand, .chiron], OverloadPolicy.allCases)
    func instancesFollowTheLoad(policy: AutoscalingPolicy, overload: OverloadPolicy) {
        guard overload != .staticPipeline else { return }
        var (harness, requests) = loaded(12, policy: overload) {
            $0.overload.restoreHold = .milliseconds(10)
            $0.overload.minimumDropped = .milliseconds(20)
            Self.configure(policy, &$0)
        }
        harness.drainSteps()
        let ordered = harness.notes.reduce(0) {
            if case .scaleOut(let instances, _) = $1 { $0 + instances.count } else { $0 }
        }
        #expect(ordered >= 2, "\(policy) under \(overload)")
        for _ in 0..<1000 where stages(harness).count > 1 || !harness.errands.isEmpty {
            harness.wake()
            harness.answer()
        }
        #expect(stages(harness).count == 1 && harness.absent.count == 2)
        expectExact(harness, requests)
        var wakes = 0
        while harness.isAwake, wakes < 200 {
            harness.wake()
            wakes += 1
        }
        #expect(wakes < 200, "nothing is left to look at")
    }

    /// What packing leaves empty goes after the linger, but for the least there must be, and comes
    /// back when memory lacks.
    @Test(arguments: [1, 2])
    func whatPackingLeavesEmptyGoes(least: Int) {
        var (harness, first) = loaded(0, present: 3) {
            Self.configure(.packing, &$0)
            $0.autoscaling.minimumInstances = least
            $0.dispatch = .roundRobin
            $0.relocationPolicy = .mell
            $0.packing.epoch = .milliseconds(4)
        }
        // One on each instance, which all fit on one.
        first = (1...3).map { request($0, prompt: 6, maxTokens: 14) }
        for request in first { harness.send(.submitted(request)) }
        for _ in 0..<60 {
            harness.finishStep()
            harness.answer()
            harness.wake()
        }
        #expect(stages(harness).count == least)
        #expect(harness.absent.count == 3 - least)
        let released = harness.notes.count {
            if case .scaleIn(_, .leftEmpty) = $0 { true } else { false }
        }
        #expect(released == 3 - least)
        let burst = (4...12).map { request($0) }
        for request in burst { harness.send(.submitted(request)) }
        harness.drainSteps()
        let ordered = harness.notes.contains {
            if case .scaleOut(_, .packedFull) = $0 { true } else { false }
        }
        #expect(ordered)
        expectExact(harness, first + burst)
    }

    @Test func fewerThanTheMinimumAreMadeUpFor() {
        var (harness, _) = loaded(0) {
            Self.configure(.freenessBand, &$0)
            $0.autoscaling.minimumInstances = 3
        }
        harness.send(.tick)
        #expect(harness.errands.count == 2)
        harness.answer()
        harness.answer()
        #expect(stages(harness).count == 3)
    }

    /// Members of a group share what it runs, and who starts or drains is seen as such.
    @Test func thePolicySeesEveryInstanceOnce() {
        var (harness, _) = loaded(5, present: 2, policy: .drop)
        start(1, &harness)
        let before = harness.cell.scalingView()
        #expect(before.instances.map(\.id.index) == [0, 1, 2])
        guard case .starting = before.instances[2].phase else {
            Issue.record("the third is starting")
            return
        }
        #expect(before.instances[2].load == nil)
        harness.send(.command(.drop(freeing: nil)))
        while harness.cell.groups.ids.count > 1 || harness.errands.count > 1 {
            if harness.errands.count > 1 { harness.answer(turn: 1) }
            harness.finishStep()
        }
        let view = harness.cell.scalingView()
        let seen = view.instances.compactMap(\.load)
        #expect(seen.count == 2)
        #expect(seen.reduce(0) { $0 + $1.interactiveRunning } == harness.cell.runningCount)
        #expect(seen.reduce(0) { $0 + $1.interactiveWaiting } == harness.cell.waitingCount)
    }
}

// MARK: - Operators

extension ScalingTests {
    private func refusals(_ harness: CellHarness) -> [String] {
        harness.notes.compactMap {
            if case .commandRefused(_, let reason) = $0 { reason } else { nil }
        }
    }

    @Test func anOperatorAddsInstancesAllOrNone() {
        var (harness, requests) = loaded(6)
        harness.send(.command(.addInstances(3)))
        #expect(harness.errands.isEmpty && refusals(harness).count == 1)
        harness.send(.command(.addInstances(2)))
        #expect(harness.errands.count == 2)
        let all = [second, InstanceID(index: 2)]
        #expect(harness.notes.contains(.scaleOut(all, .command)))
        #expect(harness.cell.roster.startingCount == 2)
        harness.send(.command(.addInstances(1)))
        #expect(refusals(harness).last?.contains("0 can be started") == true)
        harness.answer()
        harness.answer()
        #expect(harness.cell.roster.presentCount == 3)
        harness.drainSteps()
        expectExact(harness, requests)
    }

    /// A wish of an operator does not wait as the autoscaler's next try does.
    @Test func anOperatorMayTryAgainAtOnce() {
        var (harness, _) = loaded(0) { Self.configure(.freenessBand, &$0) }
        harness.send(.command(.addInstances(1)))
        harness.answer(failing: true)
        harness.send(.command(.addInstances(1)))
        #expect(harness.errands.count == 1 && refusals(harness).isEmpty)
    }

    @Test func anOperatorRemovesAnInstance() {
        var (harness, requests) = loaded(4, present: 2)
        for _ in 0..<6 { harness.finishStep() }
        harness.send(.command(.removeInstance(second)))
        #expect(harness.notes.contains(.scaleIn(second, .command)))
        harness.send(.command(.removeInstance(second)))
        #expect(refusals(harness) == ["it is leaving already"])
        harness.drainSteps()
        #expect(harness.absent.contains(second) && stages(harness) == [InstanceID(index: 0)])
        expectExact(harness, requests)
    }

    /// What an operator has drained, and what he is draining, may go.
    @Test(arguments: [false, true])
    func aDrainedInstanceMayGo(isEmpty: Bool) {
        var (harness, requests) = loaded(4, present: 2)
        for _ in 0..<6 { harness.finishStep() }
        harness.send(.command(.drain(second)))
        if isEmpty { harness.drainSteps() }
        #expect(harness.notes.contains(.drainFinished(second)) == isEmpty)
        harness.send(.command(.removeInstance(second)))
        harness.drainSteps()
        #expect(refusals(harness).isEmpty && harness.absent.contains(second))
        expectExact(harness, requests)
    }

    @Test func whoCannotGoIsTold() {
        let third = InstanceID(index: 2)
        var (harness, _) = loaded(2, present: 2, policy: .drop)
        harness.send(.command(.removeInstance(third)))
        #expect(refusals(harness).last == "it is not there")
        start(1, &harness)
        harness.send(.command(.removeInstance(third)))
        #expect(refusals(harness).last == "it is starting")
        harness.answer()
        harness.send(.command(.drop(freeing: nil)))
        harness.send(.command(.removeInstance(third)))
        #expect(refusals(harness).last == "parameters are dropped, or groups are changing")
    }

    /// Where instances follow the load the policy would have it back at once.
    @Test func theMinimumStays() {
        var (harness, _) = loaded(0, present: 2) {
            Self.configure(.freenessBand, &$0)
            $0.autoscaling.freenessPeriod = .seconds(1000)
            $0.autoscaling.minimumInstances = 2
        }
        harness.send(.command(.removeInstance(second)))
        #expect(refusals(harness) == ["there must be 2 at least"])
    }

    @Test func nobodyIsAddedWhenTheServerStops() {
        var (harness, _) = loaded(0)
        harness.send(.drain)
        harness.send(.command(.addInstances(1)))
        #expect(harness.errands.isEmpty && refusals(harness) == ["the server is about to stop"])
    }

    /// An overload drops at once, and orders what takes over from the drop.
    @Test func aDropOrdersInstances() {
        func run(_ policy: AutoscalingPolicy) -> [Note] {
            var (harness, requests) = loaded(12, present: 2, policy: .drop) {
                Self.configure(policy, &$0)
                $0.autoscaling.freenessPeriod = .seconds(1000)
            }
            harness.drainSteps()
            expectExact(harness, requests)
            return harness.notes
        }
        func isOrder(_ note: Note) -> Bool {
            if case .scaleOut(_, .overload) = note { true } else { false }
        }
        func isDrop(_ note: Note) -> Bool {
            if case .dropStarted(_, _, _, .overload) = note { true } else { false }
        }
        let notes = run(.freenessBand)
        let order = notes.firstIndex(where: isOrder)
        let drop = notes.firstIndex(where: isDrop)
        #expect(order != nil && drop != nil && order.map { $0 + 1 } == drop)
        let others = run(.off)
        #expect(others.contains(where: isDrop) && !others.contains(where: isOrder))
    }
}

// MARK: - Everything at once

extension ScalingTests {
    /// Instances come, go, are called back, fail to start and are lost at any moment of a drop, an
    /// exchange, a restore or a relocation, while the autoscaler may be at work, too.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func tokensAreExactWhoeverComesAndGoes(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 20_000)
        let drop = DropTests.harness(&random)
        var configuration = drop.cell.configuration
        configuration.startInstances = Int.random(
            in: 1...configuration.instances.count, using: &random)
        Self.configure(AutoscalingPolicy.allCases[Int(seed % 4)], &configuration)
        var harness = CellHarness(configuration)
        var requests: [GenerationRequest] = []
        let mayLose = seed % 2 == 0
        for event in 0..<250 as Range<UInt64> {
            DropTests().act(event, &harness, &requests, odds: 12, &random)
            scale(&harness, mayLose: mayLose, &random)
        }
        harness.drainSteps()
        DropTests().check(harness, requests, seed)
    }

    private func scale(
        _ harness: inout CellHarness, mayLose: Bool, _ random: inout SplitMix64
    ) {
        let all = harness.instances.indices.map { InstanceID(index: $0) }
        let chosen = all[Int.random(in: all.indices, using: &random)]
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<3: start(Int.random(in: 1...2, using: &random), &harness)
        case 3..<6: leave(chosen, &harness)
        case 6: harness.decide { $0.callOffLeaving(chosen, .freenessLow, &$2) }
        case 7:
            let left = all.filter { !harness.absent.contains($0) && !harness.lost.contains($0) }
            if mayLose, !left.contains(chosen) || left.count > 1, !harness.lost.contains(chosen) {
                harness.lose(chosen)
            }
        case 8: harness.finishLateStep()
        case 9..<11:
            let count = Int.random(in: 1...2, using: &random)
            harness.send(.command(.addInstances(count)))
        case 11..<13: harness.send(.command(.removeInstance(chosen)))
        default: break
        }
    }
}
