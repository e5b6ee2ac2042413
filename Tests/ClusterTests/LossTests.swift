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

    /// A live relocation whose transfer fails is tried again within the same input.
    @Test func aRelocationThatFailsWaitsBeforeTheNextTry() {
        var harness = CellHarness(blockCounts: [40, 40], weightPages: 8, policy: .drop)
        harness.send(.command(.drop(freeing: nil)))
        while harness.cell.groups.ids.count > 1 { harness.answer() }
        harness.send(.submitted(request(1, prompt: 20, maxTokens: 60)))
        for _ in 0..<6 { harness.finishStep() }
        harness.send(.command(.restore))
        func transfer() -> Int? {
            harness.errands.firstIndex { if case .transfer = $0 { true } else { false } }
        }
        for _ in 0..<100 where transfer() == nil {
            harness.finishStep()
            harness.answer()
        }
        var tries = 0
        while tries < 100, let turn = transfer() {
            harness.answer(turn: turn, failing: true)
            tries += 1
        }
        // A millisecond each; the sequence decodes on meanwhile.
        #expect(tries < 5, "\(tries) transfers in \(tries) ms")
    }

    /// A rebuild that is lost in its turn dissolves a group that was never formed.
    @Test func onlyGroupsThatWereFormedAreDissolved() {
        var cell = CellHarness(blockCounts: [30, 30, 30], weightPages: 8, policy: .drop).cell
        var formed = Set(cell.groups.ids)
        var effects: [Effect] = []
        var now = Instant.zero
        func send(_ input: Input) {
            now = now + .milliseconds(1)
            let first = effects.count
            cell.handle(input, at: now, into: &effects)
            for effect in effects[first...] {
                if case .groupFormed(let group, _) = effect { formed.insert(group) }
                if case .groupDissolved(let group) = effect {
                    #expect(formed.remove(group) != nil, "group \(group) was never formed")
                }
            }
        }
        send(.command(.drop(freeing: ByteCount(1 << 20))))
        send(.command(.drop(freeing: nil)))
        for index in 0..<3 where !effects.isEmpty {
            let asked = effects.contains {
                if case .changeMemory(InstanceID(index: index), _) = $0 { true } else { false }
            }
            if asked { send(.memoryChanged(InstanceID(index: index), failure: nil)) }
        }
        send(.instanceLost(InstanceID(0)))
        send(.instanceLost(InstanceID(1)))
        send(.instanceLost(InstanceID(2)))
    }

    /// At any moment of a drop, an exchange, a restore or a relocation.
    @Test(arguments: 0..<80)
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
