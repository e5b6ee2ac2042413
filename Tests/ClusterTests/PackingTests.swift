import Domain
import Planning
import Scheduling
import Testing

@testable import Cluster

/// Packing in the cell: where requests go, and that sequences come together (Mell §VI).
struct PackingTests {
    func request(_ id: UInt64, prompt: Int = 10, maxTokens: Int = 60) -> GenerationRequest {
        .numbered(id, prompt: prompt, maxTokens: maxTokens)
    }

    func harness(_ change: (inout CellConfiguration) -> Void) -> CellHarness {
        CellHarness(blockCounts: [80, 80, 80], policy: .recompute, { $0.watermark = 0 }) {
            $0.overload.sampleInterval = .milliseconds(2)
            $0.packing.epoch = .milliseconds(4)
            change(&$0)
        }
    }

    func groupsInUse(_ harness: CellHarness) -> Int {
        harness.cell.groups.ids.count { !harness.cell.groups[$0].running.isEmpty }
    }

    @Test(arguments: [DispatchPolicy.pack, .freeness])
    func newRequestsGoWhereOthersAre(dispatch: DispatchPolicy) {
        var harness = harness { $0.dispatch = dispatch }
        let requests = (1...3).map { request($0) }
        for request in requests { harness.send(.submitted(request)) }
        #expect(groupsInUse(harness) == (dispatch == .pack ? 1 : 3))
        harness.drainSteps()
        harness.expectExact(requests)
    }

    /// What was spread over all instances is soon on one of them; nobody notices but by the time.
    @Test(arguments: [RelocationPolicy.mell, .llumnix])
    func sequencesComeTogether(policy: RelocationPolicy) {
        var harness = harness {
            $0.dispatch = .roundRobin
            $0.relocationPolicy = policy
        }
        let requests = (1...3).map { request($0) }
        for request in requests { harness.send(.submitted(request)) }
        #expect(groupsInUse(harness) == 3)
        for _ in 0..<60 {
            harness.finishStep()
            harness.answer()
            harness.wake()
        }
        #expect(groupsInUse(harness) == (policy == .mell ? 1 : 3))
        harness.drainSteps()
        harness.expectExact(requests)
    }

    /// What grows beyond an instance's room moves before anybody is preempted.
    @Test func growthMakesSequencesMoveInTime() {
        var harness = harness {
            $0.dispatch = .pack
            $0.relocationPolicy = .mell
        }
        let requests = (1...6).map { request($0, prompt: 36, maxTokens: 60) }
        for request in requests { harness.send(.submitted(request)) }
        harness.drainSteps()
        let preempted = harness.preemptionCount
        let moved = harness.relocationCount
        #expect(preempted == 0)
        #expect(moved > 0)
        harness.expectExact(requests)
    }

    /// A sequence that could not move is where it was, for the packer too.
    @Test func aFailedMoveIsPlannedAgain() {
        var harness = harness {
            $0.dispatch = .roundRobin
            $0.relocationPolicy = .mell
            $0.overload.retryAfter = .milliseconds(10)
        }
        let requests = (1...2).map { request($0) }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<200 where harness.cell.relocations.isEmpty {
            harness.finishStep()
            harness.wake()
        }
        harness.answer(failing: true)
        for _ in 0..<60 {
            harness.finishStep()
            harness.answer()
            harness.wake()
        }
        #expect(groupsInUse(harness) == 1)
        harness.drainSteps()
        harness.expectExact(requests)
    }
}
