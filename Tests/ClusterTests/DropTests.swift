import Domain
import Planning
import Scheduling
import TestSupport
import Testing

@testable import Cluster

/// Drop, exchange, restore: the mechanism, one piece at a time.
struct DropTests {
    func request(_ id: UInt64, prompt: Int = 30, maxTokens: Int = 20) -> GenerationRequest {
        .numbered(id, prompt: prompt, maxTokens: maxTokens)
    }

    /// Two instances, each with so little KV that the third and later requests wait.
    func overloaded(
        requests: Int = 8, weightPages: Int = 8, policy: OverloadPolicy = .drop,
        cell change: (inout CellConfiguration) -> Void = { _ in }
    ) -> (CellHarness, [GenerationRequest]) {
        var harness = CellHarness(
            blockCounts: [20, 20], weightPages: weightPages, policy: policy, { _ in }
        ) {
            $0.overload.sampleInterval = .milliseconds(2)
            $0.overload.restoreHold = .milliseconds(10)
            $0.overload.retryAfter = .milliseconds(10)
            $0.overload.minimumDropped = .milliseconds(50)
            $0.relocation.exchangeShare = 0
            change(&$0)
        }
        let all = (1...requests).map { request(UInt64($0)) }
        for request in all { harness.send(.submitted(request)) }
        return (harness, all)
    }

    func expectExact(_ harness: CellHarness, _ requests: [GenerationRequest]) {
        for request in requests {
            #expect(harness.received[request.id] == harness.expectation(for: request))
            #expect(harness.ended[request.id] == .length)
        }
    }

    @Test func anOverloadMergesTheInstancesAndCalmSplitsThem() throws {
        var (harness, requests) = overloaded()
        for _ in 0..<200 where harness.cell.groups.ids.count > 1 || harness.errands.count > 0 {
            if harness.inFlight.isEmpty { harness.wake() }
            harness.finishStep()
            harness.answer()
        }
        let merged = try #require(harness.cell.groups.ids.first)
        #expect(harness.cell.groups[merged].stages.count == 2)
        let whole = harness.cell.stores[0].baseCount
        #expect(harness.cell.stores.allSatisfy { $0.capacity > whole })
        // Each kept half of the layers and took the other half's weights and KV as blocks.
        #expect(harness.cell.memories[0].held.layers == 0..<2)
        #expect(harness.cell.memories[1].held.layers == 2..<4)
        #expect(harness.cell.memories.allSatisfy { $0.retiring == nil && $0.sparePages < 2 })
        harness.drainSteps()
        expectExact(harness, requests)
        for _ in 0..<400 where harness.cell.groups.ids.count != 2 {
            harness.wake()
            harness.answer()
        }
        #expect(harness.cell.memories.allSatisfy { $0.isWhole })
        #expect(harness.cell.stores.allSatisfy { $0.capacity == $0.baseCount && $0.usedCount == 0 })
        requests = (20...27).map { request(UInt64($0)) }
        for request in requests { harness.send(.submitted(request)) }
        harness.drainSteps()
        expectExact(harness, requests)
        #expect(harness.notes.count { if case .dropFinished = $0 { true } else { false } } == 2)
    }

    @Test func newRequestsRunWhileOldOnesWaitForTheirKV() throws {
        var (harness, _) = overloaded(weightPages: 12)
        while !harness.notes.contains(where: { if case .dropFinished = $0 { true } else { false } })
        {
            if harness.inFlight.isEmpty { harness.wake() }
            harness.finishStep()
            // Everything but the transfers is answered.
            let memory = harness.errands.firstIndex { if case .memory = $0 { true } else { false } }
            if let memory { harness.answer(turn: memory) }
        }
        let old = Set(harness.received.keys)
        for _ in 0..<4 { harness.finishStep() }
        let fresh = Set(harness.received.keys).subtracting(old)
        #expect(!fresh.isEmpty)
    }

    @Test func aFailedMemoryChangeLeavesEverythingAsItWas() {
        var (harness, requests) = overloaded()
        while harness.errands.count < 2 {
            if harness.inFlight.isEmpty { harness.wake() }
            harness.finishStep()
        }
        harness.answer()
        harness.answer(failing: true)
        #expect(harness.cell.groups.ids.count == 2)
        #expect(harness.cell.memories.allSatisfy { $0.isWhole })
        #expect(harness.instances[0].holds(.layer(3)))
        harness.drainSteps()
        expectExact(harness, requests)
    }

    @Test func parametersComeFromTheFileWhenThePeerFails() {
        var (harness, requests) = overloaded()
        harness.drainSteps()
        for _ in 0..<400 where harness.cell.groups.ids.count != 2 {
            harness.wake()
            let load = harness.errands.firstIndex {
                if case .load(_, _, .peer) = $0 { true } else { false }
            }
            harness.answer(turn: load ?? 0, failing: load != nil)
        }
        #expect(harness.notes.contains { if case .loadedFromFile = $0 { true } else { false } })
        #expect(harness.cell.memories.allSatisfy { $0.isWhole })
        expectExact(harness, requests)
    }

    @Test(arguments: OverloadPolicy.allCases)
    func everyPolicyServesEverything(policy: OverloadPolicy) {
        var (harness, requests) = overloaded(requests: 12, policy: policy) { $0.hostBlocks = 60 }
        harness.drainSteps()
        expectExact(harness, requests)
        #expect(harness.cell.groups.sum { $0.pool.usedCount } == 0)
    }

    @Test func sequencesFollowLiveWhenTheGroupIsSplit() {
        var harness = CellHarness(blockCounts: [40, 40], weightPages: 8, policy: .drop)
        harness.send(.command(.drop(freeing: nil)))
        while harness.cell.groups.ids.count > 1 { harness.answer() }
        let requests = (1...3).map { request($0, prompt: 20, maxTokens: 60) }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<6 { harness.finishStep() }
        harness.send(.command(.restore))
        for _ in 0..<200 where !harness.cell.memories.allSatisfy(\.isWhole) {
            harness.finishStep()
            harness.answer()
        }
        harness.drainSteps()
        expectExact(harness, requests)
        let moved = harness.notes.count { if case .relocated = $0 { true } else { false } }
        #expect(moved == 3)
    }

    /// Two pairs that both hold more than one instance would: one lets sequences go to the other
    /// until it can be restored, long before the load is down to a half.
    @Test func groupsThatHoldTooMuchAreThinnedFirst() {
        var harness = CellHarness(
            blockCounts: [20, 20, 20, 20], weightPages: 8, policy: .drop, { _ in }
        ) {
            $0.overload.maxStages = 2
            $0.overload.sampleInterval = .milliseconds(2)
            $0.overload.restoreBelow = 1
            $0.overload.restoreHold = .milliseconds(30)
            $0.overload.minimumDropped = .zero
        }
        harness.send(.command(.drop(freeing: .kibibytes(2))))
        while harness.cell.groups.ids.count > 2 { harness.answer() }
        let requests = (1...6).map { request($0, prompt: 30, maxTokens: 10 + 5 * Int($0)) }
        for request in requests { harness.send(.submitted(request)) }
        var isRestoring: Bool {
            harness.notes.contains { if case .restoreStarted = $0 { true } else { false } }
        }
        for _ in 0..<200 where !isRestoring {
            harness.wake()
            harness.finishStep()
            harness.answer()
        }
        #expect(isRestoring)
        #expect(harness.cell.groups.sum { $0.pool.usedCount } > 40)
        harness.drainSteps()
        expectExact(harness, requests)
    }

    /// What ends while blocks are being moved down may not leave cached spans on them.
    @Test func aSequenceMayEndWhileBlocksMoveDown() {
        var harness = CellHarness(blockCounts: [12, 12], weightPages: 8, policy: .drop)
        harness.send(.command(.drop(freeing: nil)))
        while harness.cell.groups.ids.count > 1 { harness.answer() }
        // The first fills the base blocks with cached spans, the others run on the extension.
        let requests = (1...3).map { request($0, prompt: 40, maxTokens: $0 == 1 ? 1 : 5) }
        for request in requests.prefix(1) { harness.send(.submitted(request)) }
        harness.drainSteps()
        for request in requests.dropFirst().prefix(1) { harness.send(.submitted(request)) }
        for _ in 0..<4 { harness.finishStep() }
        harness.send(.command(.restore))
        while !harness.inFlight.isEmpty { harness.finishStep() }
        #expect(harness.errands.count == 2)
        harness.send(.cancelled(requests[1].id, .aborted))
        while !harness.errands.isEmpty { harness.answer() }
        harness.send(.submitted(requests[2]))
        harness.drainSteps()
        #expect(harness.received[requests[2].id] == harness.expectation(for: requests[2]))
    }

    /// A pipeline that sequences of a draining instance are moving to is not split under them.
    @Test func aRestoreWaitsForSequencesThatArrive() {
        var harness = CellHarness(blockCounts: [30, 30, 30], weightPages: 8, policy: .drop)
        harness.send(.command(.drop(freeing: nil)))
        while !harness.errands.isEmpty { harness.answer() }
        let requests = (1...4).map { request($0, prompt: 30, maxTokens: 40) }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<6 { harness.finishStep() }
        let single = harness.cell.groups.ids.first { harness.cell.groups[$0].stages.count == 1 }
        guard let single else { return }
        let instance = harness.cell.groups[single].stages[0].instance
        harness.send(.command(.drain(instance)))
        #expect(!harness.errands.isEmpty, "something moves")
        harness.send(.command(.restore))
        let isRefused = harness.notes.contains {
            if case .commandRefused(.restore, _) = $0 { true } else { false }
        }
        #expect(isRefused)
        harness.drainSteps()
        expectExact(harness, requests)
    }

    /// Everything at once, at random: arrivals, cancellations, commands, failures, and answers in
    /// any order. Tokens are exact, nobody waits for ever, and every block and page returns.
    @Test(arguments: 0..<80) func tokensAreExactWhateverHappens(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var harness = Self.harness(&random)
        var requests: [GenerationRequest] = []
        for event in 0..<250 {
            act(UInt64(event), &harness, &requests, odds: seed % 5 == 0 ? 3 : 12, &random)
        }
        harness.drainSteps()
        check(harness, requests, seed)
    }

    /// A cell of two to four instances under any policy.
    static func harness(_ random: inout SplitMix64) -> CellHarness {
        let count = Int.random(in: 2...4, using: &random)
        let blocks = Int.random(in: 8...30, using: &random)
        let policy: OverloadPolicy =
            [.drop, .drop, .drop, .drop, .swap, .migrate, .staticPipeline][
                Int.random(in: 0..<7, using: &random)]
        return CellHarness(
            blockCounts: (0..<count).map { _ in blocks },
            weightPages: .random(in: 1...8, using: &random), policy: policy
        ) {
            $0.maxBatchedTokens = Int.random(in: 1...24, using: &random)
            $0.maxRunning = Int.random(in: 2...8, using: &random)
            $0.isPrefixCaching = .random(using: &random)
            $0.order = .random(using: &random) ? .priority : .firstComeFirstServed
            $0.watermark = .random(using: &random) ? 0 : 0.1
            let costs = BatchCostModel(
                perPair: 0.01, perToken: 1, perChunk: 1, shared: 0.5,
                decode: .init(perStep: 1, perSequence: 1, perContextToken: 0.01))
            $0.lookahead =
                .random(using: &random)
                ? nil : Lookahead(costs: costs, minTokens: 4, maxTokens: $0.maxBatchedTokens)
        } cell: {
            $0.hostBlocks = Int.random(in: 0...60, using: &random)
            $0.overload.restoreHold = .milliseconds(20)
            $0.overload.minimumDropped = .milliseconds(50)
            $0.overload.maxStages = Int.random(in: 2...4, using: &random)
            $0.overload.restoreBelow = Double.random(in: 0.3...1, using: &random)
            $0.overload.horizon = .milliseconds(Int.random(in: 0...50, using: &random))
            $0.relocation.maxConcurrent = Int.random(in: 1...4, using: &random)
            $0.relocation.maxConcurrentLive = Int.random(in: 1...4, using: &random)
            $0.relocation.exchangeShare = Double.random(in: 0...1, using: &random)
            $0.relocationPolicy =
                RelocationPolicy.allCases.randomElement(using: &random) ?? .llumnix
            $0.dispatch = DispatchPolicy.allCases.randomElement(using: &random) ?? .freeness
            $0.packingPolicy = PackingPolicy.allCases.randomElement(using: &random) ?? .mell
            $0.packing.epoch = .milliseconds(10)
            $0.packing.transferPolicy =
                TransferPolicy.allCases.randomElement(using: &random) ?? .hybrid
            $0.packing.transfers = .random(using: &random)
            $0.relocation.mode = RelocationMode.allCases.randomElement(using: &random) ?? .live
            $0.migration.outBelow = Double.random(in: -2...4, using: &random)
            $0.migration.inAbove = Double.random(in: 0...6, using: &random)
            $0.migration.highPriorityLoad = Int.random(in: 0...80, using: &random)
        }
    }

    func act(
        _ event: UInt64, _ harness: inout CellHarness, _ requests: inout [GenerationRequest],
        odds: Int, _ random: inout SplitMix64
    ) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            requests.append(.random(event, harness, &random))
            harness.send(.submitted(requests[requests.count - 1]))
        case 5:
            let id = requests.randomElement(using: &random)?.id ?? RequestID(999)
            harness.send(.cancelled(id, .aborted))
        case 6: harness.send(.command(.drop(freeing: nil)))
        case 7: harness.send(.command(.restore))
        case 8:
            harness.wake()
            guard event % 5 == 0 else { break }
            harness.send(.command(.drain(InstanceID(index: .random(in: 0..<5, using: &random)))))
        case 9..<13:
            let failing = Int.random(in: 0..<odds, using: &random) == 0
            harness.answer(turn: .random(in: 0..<8, using: &random), failing: failing)
        default: harness.finishStep(turn: .random(in: 0..<4, using: &random))
        }
    }

    func check(
        _ harness: CellHarness, _ requests: [GenerationRequest], _ seed: UInt64
    ) {
        #expect(harness.cell.groups.sum { $0.pool.usedCount } == 0)
        for request in requests where harness.rejected[request.id] == nil {
            let received = harness.received[request.id] ?? []
            let expected = harness.expectation(for: request)
            if harness.ended[request.id] == .aborted {
                #expect(received[...] == expected.prefix(received.count))
            } else {
                #expect(received == expected, "seed \(seed)")
                #expect(harness.ended[request.id] != nil)
            }
        }
    }
}
