import Domain
import Planning
import Scheduling
import Testing

@testable import Cluster

/// Live migration and the policy `llumnix`, one piece at a time (Llumnix §4.2, §4.4).
struct MigrationTests {
    func request(
        _ id: UInt64, prompt: Int = 30, maxTokens: Int = 20, priority: Int = 0
    ) -> GenerationRequest {
        .numbered(id, prompt: prompt, maxTokens: maxTokens, priority: priority)
    }

    /// Two instances of 20 blocks that take requests in turn.
    func harness(_ change: (inout CellConfiguration) -> Void = { _ in }) -> CellHarness {
        CellHarness(blockCounts: [20, 20], policy: .recompute, { $0.watermark = 0 }) {
            $0.dispatch = .roundRobin
            $0.relocationPolicy = .llumnix
            $0.overload.sampleInterval = .milliseconds(2)
            $0.relocation.finalBlocks = 1
            change(&$0)
        }
    }

    /// Two long sequences on the first instance, of which one is on its way to the second, which
    /// is empty; its first transfer has not been answered.
    func crowded(
        _ change: (inout CellConfiguration) -> Void = { _ in }
    ) -> (CellHarness, [GenerationRequest]) {
        var harness = harness(change)
        let requests = [request(1), request(2, prompt: 1, maxTokens: 1), request(3)]
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<100 where harness.cell.relocations.isEmpty {
            harness.finishStep()
            harness.wake()
        }
        return (harness, requests)
    }

    func abortedCount(_ harness: CellHarness) -> Int {
        harness.notes.count { if case .relocationAborted = $0 { true } else { false } }
    }

    @Test(arguments: RelocationMode.allCases)
    func aCrowdedInstanceGivesASequenceAway(mode: RelocationMode) {
        var (harness, requests) = crowded { $0.relocation.mode = mode }
        harness.drainSteps()
        #expect(harness.relocationCount == 1)
        harness.expectExact(requests)
        // Neither had to give its blocks back for want of memory.
        let preempted = harness.preemptionCount
        #expect(preempted == (mode == .recompute ? 1 : 0))
    }

    /// Only the last blocks are worth standing still for.
    @Test func aSequenceGoesOnWhileItsKVFollows() throws {
        var (harness, requests) = crowded()
        let moving = try #require(harness.cell.relocations.first?.sequence)
        let before = harness.cell.table[moving].generatedCount
        for _ in 0..<6 { harness.finishStep() }
        #expect(harness.cell.table[moving].phase == .running)
        #expect(harness.cell.table[moving].generatedCount >= before + 5)
        harness.drainSteps()
        harness.expectExact(requests)
        #expect(harness.relocationCount == 1)
    }

    @Test func nobodyMovesWithoutThePolicy() {
        var harness = harness { $0.relocationPolicy = .off }
        let requests = [request(1), request(2, prompt: 1, maxTokens: 1), request(3)]
        for request in requests { harness.send(.submitted(request)) }
        harness.drainSteps()
        #expect(harness.relocationCount == 0)
        harness.expectExact(requests)
    }

    /// The free memory is enough for a long prompt, but on two instances.
    @Test func aLongPromptInTheQueueGetsRoomOnOneInstance() {
        func waits(_ policy: RelocationPolicy) -> (steps: Int, moved: Int) {
            var harness = harness {
                $0.relocationPolicy = policy
                $0.migration.outBelow = 1
                $0.migration.inAbove = 3
            }
            let short = (1...4).map { request($0, prompt: 14, maxTokens: 40) }
            let long = request(5, prompt: 60, maxTokens: 1)
            for request in short + [long] { harness.send(.submitted(request)) }
            var steps = 0
            while harness.received[long.id] == nil, steps < 400 {
                harness.finishStep()
                harness.answer()
                harness.wake()
                steps += 1
            }
            harness.drainSteps()
            harness.expectExact(short + [long])
            return (steps, harness.relocationCount)
        }
        let (alone, with) = (waits(.off), waits(.llumnix))
        #expect(with.moved > 0 && alone.moved == 0)
        #expect(with.steps < alone.steps / 2, "\(with.steps) of \(alone.steps) steps")
    }

    @Test func othersMoveOutOfTheWayOfHighPriority() {
        var harness = harness {
            $0.migration.outBelow = 1
            $0.migration.inAbove = 1
            $0.migration.highPriorityLoad = 20
        }
        let requests = [
            request(1, prompt: 10, maxTokens: 40), request(2, prompt: 1, maxTokens: 1),
            request(3, prompt: 10, maxTokens: 40, priority: -1),
        ]
        for request in requests { harness.send(.submitted(request)) }
        harness.drainSteps()
        #expect(harness.relocationCount == 1)
        let moved = harness.notes.contains {
            if case .relocated(SequenceID(index: 0), _, _, _, _) = $0 { true } else { false }
        }
        #expect(moved, "the one that came first and may wait")
        harness.expectExact(requests)
    }

    /// Those of high priority keep together as long as they are few, so that others have room.
    @Test func requestsOfHighPriorityShareAnInstance() {
        var harness = harness {
            $0.dispatch = .freeness
            $0.migration.highPriorityLoad = 40
        }
        let normal = (1...2).map { request($0, prompt: 10, maxTokens: 30) }
        let urgent = (3...5).map { request($0, prompt: 10, maxTokens: 30, priority: -1) }
        for request in normal + urgent.prefix(2) { harness.send(.submitted(request)) }
        let homes = [2, 3].map { harness.cell.groupOf[$0] }
        #expect(homes[0] == homes[1])
        // Three of them would be more than decodes at full speed.
        harness.send(.submitted(urgent[2]))
        #expect(harness.cell.groupOf[4] != homes[0])
        harness.drainSteps()
        harness.expectExact(normal + urgent)
    }

    /// What may happen while KV is on its way.
    enum Event: CaseIterable { case end, cancel, full, failure, targetLost, sourceLost }

    /// Each way in which a move ends early returns all blocks, and no token is lost.
    @Test(arguments: Event.allCases)
    func aMoveMayEndEarly(event: Event) throws {
        var (harness, requests) = crowded()
        let moving = try #require(harness.cell.relocations.first?.sequence)
        let name = harness.cell.table[moving].request
        switch event {
        case .end: while harness.ended[name] == nil { harness.finishStep() }
        case .cancel: harness.send(.cancelled(name, .aborted))
        case .full:
            // While it generates so much that a second round is due, others take the room.
            for id in 4...9 as ClosedRange<UInt64> {
                requests.append(request(id, prompt: 40, maxTokens: 12))
                harness.send(.submitted(requests[requests.count - 1]))
            }
            for _ in 0..<30 { harness.finishStep() }
        case .failure: harness.answer(failing: true)
        case .targetLost: harness.lose(InstanceID(index: 1))
        case .sourceLost: harness.lose(InstanceID(index: 0))
        }
        harness.drainSteps()
        if event == .cancel { requests.removeAll { $0.id == name } }
        harness.expectExact(requests)
        let isNoted = event == .failure || event == .full
        #expect(abortedCount(harness) >= (isNoted ? 1 : 0))
        #expect(harness.cell.relocations.isEmpty)
    }

    /// However many want to move, so much KV is on its way at most.
    @Test func whatMovesIsLimited() {
        var harness = harness {
            $0.relocationPolicy = .off
            $0.relocation.maxLiveTokens = 40
        }
        let requests = (1...6).map { request($0, prompt: 9, maxTokens: 60) }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<6 { harness.finishStep() }
        harness.send(.command(.drain(InstanceID(index: 0))))
        while !harness.cell.relocations.isEmpty {
            let tokens = harness.cell.relocations.reduce(0) {
                $0 + harness.cell.table[$1.sequence].computedCount
            }
            #expect(harness.cell.relocations.count == 1 || tokens <= 44)
            harness.answer()
            harness.finishStep()
            harness.wake()
        }
        harness.drainSteps()
        #expect(harness.relocationCount > 0)
        harness.expectExact(requests)
    }
}
