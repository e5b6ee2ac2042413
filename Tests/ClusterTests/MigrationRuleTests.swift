import Domain
import Planning
import Scheduling
import Testing

@testable import Cluster

/// The rules of live migration, one by one (Llumnix §4.2, §4.4).
struct MigrationRuleTests {
    /// Instances of so many blocks; the second one and all after it are empty.
    private func harness(
        _ blocks: BlockCount, present: Int = 2,
        _ change: (inout CellConfiguration) -> Void = { _ in }
    ) -> CellHarness {
        CellHarness(blockCounts: [blocks, blocks], policy: .recompute, { $0.watermark = 0 }) {
            $0.startInstances = present
            $0.relocationPolicy = .llumnix
            $0.overload.sampleInterval = .milliseconds(2)
            $0.relocation.finalBlocks = 1
            change(&$0)
        }
    }

    private func request(
        _ id: UInt64, prompt: Int, maxTokens: Int = 30, priority: Int = 0
    ) -> GenerationRequest {
        .numbered(id, prompt: prompt, maxTokens: maxTokens, priority: priority)
    }

    /// Sends requests to the first instance, which then gives to the second.
    private func send(_ requests: [GenerationRequest], to harness: inout CellHarness) {
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<12 { harness.finishStep() }
        harness.decide { $0.startInstances(1, .freenessLow, $1, &$2) }
        harness.answer()
    }

    /// Blocks of each transfer, and whether its sequence stands still meanwhile.
    private func transfers(
        of harness: inout CellHarness, steps: Int = 1
    ) -> [(blocks: BlockCount, isStalled: Bool)] {
        var seen: [(blocks: BlockCount, isStalled: Bool)] = []
        for _ in 0..<400 {
            harness.wake()
            for _ in 0..<steps { harness.finishStep() }
            for case .transfer(let transfer) in harness.errands {
                let phase = harness.cell.table[transfer.sequence].phase
                seen.append((transfer.copies[0].sources.count, phase == .stalled))
            }
            harness.answer()
        }
        return seen
    }

    /// However long a sequence is, it stands still for its last blocks only.
    @Test(arguments: [16, 40, 80])
    func theStallDoesNotGrowWithTheLength(prompt: Int) throws {
        var harness = harness(30, present: 1) {
            $0.migration.outBelow = 40
            $0.migration.inAbove = 1
        }
        let all = [request(1, prompt: prompt, maxTokens: 15)]
        for request in all { harness.send(.submitted(request)) }
        for _ in 0..<(prompt / 16 + 2) { harness.finishStep() }
        harness.decide { $0.startInstances(1, .freenessLow, $1, &$2) }
        harness.answer()
        harness.send(.command(.drain(InstanceID(index: 0))))
        let seen = transfers(of: &harness)
        #expect(seen.first.map { !$0.isStalled && $0.blocks >= prompt / 4 - 1 } == true)
        let stalled = seen.filter(\.isStalled)
        #expect(stalled.count == 1)
        #expect(stalled.allSatisfy { $0.blocks <= 2 })
        harness.drainSteps()
        harness.expectExact(all)
    }

    /// One that generates as fast as it is copied does not go round for ever.
    @Test(arguments: [1, 3])
    func roundsAreLimited(rounds: Int) {
        var harness = harness(30) {
            $0.relocation.maxRounds = rounds
            $0.relocation.finalBlocks = 0
        }
        let all = [request(1, prompt: 20, maxTokens: 70)]
        for request in all { harness.send(.submitted(request)) }
        for _ in 0..<4 { harness.finishStep() }
        harness.send(.command(.drain(InstanceID(index: 0))))
        // Five tokens, more than a block, during each transfer.
        let seen = transfers(of: &harness, steps: 5)
        #expect(seen.count { !$0.isStalled } == rounds)
        #expect(seen.count(where: \.isStalled) == 1)
        harness.drainSteps()
        harness.expectExact(all)
    }

    /// A sequence whose blocks are needed where it is gives them up, and what was reserved for it.
    @Test func aMoveEndsWhenItsSequenceIsPreempted() throws {
        var harness = harness(20) {
            $0.dispatch = .roundRobin
            $0.migration.inAbove = 1
        }
        let all = [
            request(1, prompt: 40, priority: -5), request(2, prompt: 1, maxTokens: 1),
            request(3, prompt: 20, maxTokens: 40),
        ]
        for request in all { harness.send(.submitted(request)) }
        for _ in 0..<100 where harness.cell.relocations.isEmpty {
            harness.finishStep()
            harness.wake()
        }
        let moving = try #require(harness.cell.relocations.first?.sequence)
        for _ in 0..<60 where harness.preemptionCount == 0 { harness.finishStep() }
        let isPreempted = harness.notes.contains {
            if case .preempted(moving, _) = $0 { true } else { false }
        }
        #expect(isPreempted)
        #expect(harness.cell.relocations.allSatisfy { $0.sequence != moving || $0.isAborted })
        harness.drainSteps()
        harness.expectExact(all)
    }

    @Test(arguments: [1, 2])
    func soManyMoveAtOnce(most: Int) {
        var harness = harness(60) { $0.relocation.maxConcurrentLive = most }
        let all = (1...5).map { request($0, prompt: 12) }
        for request in all { harness.send(.submitted(request)) }
        for _ in 0..<6 { harness.finishStep() }
        harness.send(.command(.drain(InstanceID(index: 0))))
        var seen = 0
        for _ in 0..<60 {
            seen = max(seen, harness.cell.relocations.count)
            harness.finishStep()
            harness.answer()
            harness.wake()
        }
        #expect(seen == most)
        harness.drainSteps()
        harness.expectExact(all)
    }

    /// The least important first, of these the shortest.
    @Test(arguments: [([0, 0, 0], [30, 14, 22], 1), ([1, 2, 0], [14, 30, 14], 1)])
    func theShortestOfTheLeastImportantGoes(priorities: [Int], prompts: [Int], first: Int) throws {
        var harness = harness(40, present: 1) {
            $0.migration.outBelow = 12
            $0.migration.inAbove = 12
        }
        let all = zip(priorities, prompts).enumerated().map { index, each in
            request(UInt64(index + 1), prompt: each.1, priority: each.0)
        }
        send(all, to: &harness)
        for _ in 0..<20 where harness.cell.relocations.isEmpty {
            harness.finishStep()
            harness.wake()
        }
        let moving = try #require(harness.cell.relocations.first?.sequence)
        #expect(harness.cell.table[moving].request == all[first].id)
        harness.drainSteps()
        harness.expectExact(all)
    }

    /// One that joins gets what others run, not only what is new.
    @Test func aNewInstanceIsFilledByMoves() {
        var harness = harness(40, present: 1) {
            $0.migration.outBelow = 8
            $0.migration.inAbove = 10
        }
        let all = (1...4).map { request($0, prompt: 16, maxTokens: 60) }
        send(all, to: &harness)
        for _ in 0..<60 {
            harness.wake()
            harness.answer()
            harness.finishStep()
        }
        #expect(harness.relocationCount > 0)
        #expect(harness.cell.groups.ids.allSatisfy { !harness.cell.groups[$0].running.isEmpty })
        harness.drainSteps()
        harness.expectExact(all)
    }
}
