import Domain
import Planning
import Scheduling
import TestSupport
import Testing

@testable import Cluster

/// Instances that are gone for good.
extension DropTests {
    @Test func sequencesOfALostInstanceStartAnewElsewhere() {
        var (harness, requests) = overloaded(requests: 4, policy: .recompute)
        for _ in 0..<5 { harness.finishStep() }
        harness.lose(InstanceID(index: 0))
        harness.drainSteps()
        expectExact(harness, requests)
        #expect(harness.cell.groups.ids.count == 1)
        #expect(harness.cell.stores[0].usedCount == 0)
    }

    /// The other member of a pipeline reads from the files what only the lost one had.
    @Test func theSurvivorOfAPipelineBecomesWhole() {
        var (harness, requests) = overloaded(requests: 8)
        while !harness.notes.contains(where: { if case .dropFinished = $0 { true } else { false } })
        {
            if harness.inFlight.isEmpty { harness.wake() }
            harness.finishStep()
            harness.answer()
        }
        harness.lose(InstanceID(index: 1))
        harness.finishLateStep()
        harness.drainSteps()
        expectExact(harness, requests)
        #expect(harness.cell.memories[0].isWhole)
        #expect(harness.instances[0].holds(.layer(3)))
        #expect(harness.notes.contains { if case .restoreFinished = $0 { true } else { false } })
    }

    @Test func withoutAnyInstanceEverythingEnds() {
        var (harness, requests) = overloaded(requests: 4)
        for _ in 0..<3 { harness.finishStep() }
        harness.lose(InstanceID(index: 0))
        harness.lose(InstanceID(index: 1))
        for request in requests {
            guard case .failed = harness.ended[request.id] else {
                Issue.record("request \(request.id) has not ended")
                continue
            }
        }
        harness.send(.submitted(request(99)))
        #expect(harness.rejected[RequestID(99)] == .draining)
    }

    /// At any moment of a drop, an exchange, a restore or a relocation.
    @Test(arguments: 0..<150)
    func tokensAreExactWhenInstancesAreLost(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 10_000)
        var harness = Self.harness(&random)
        let odds = Int.random(in: 20...120, using: &random)
        var requests: [GenerationRequest] = []
        for event in 0..<250 {
            act(UInt64(event), &harness, &requests, odds: 12, &random)
            let left = harness.cell.stores.indices.map { InstanceID(index: $0) }
                .filter { !harness.lost.contains($0) }
            if left.count > 1, Int.random(in: 0..<odds, using: &random) == 0,
                let victim = left.randomElement(using: &random)
            {
                harness.lose(victim)
            }
            if Int.random(in: 0..<9, using: &random) == 0 { harness.finishLateStep() }
        }
        harness.drainSteps()
        check(harness, requests, seed)
    }
}
