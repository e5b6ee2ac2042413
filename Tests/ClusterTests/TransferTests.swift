import Domain
import Planning
import Scheduling
import TestSupport
import Testing

@testable import Cluster

/// How packed sequences move: by their KV or by their tokens, within bounds (Mell §V).
struct TransferTests {
    /// Of one block of a sequence, in all layers.
    private static let blockBytes = 64

    /// Three instances that take requests in turn and are packed; what moves may carry so many
    /// bytes over each link, and compute so many tokens, in an epoch of 4 ms.
    private func harness(
        bytes: Int, tokens: Int, _ change: (inout CellConfiguration) -> Void = { _ in }
    ) -> CellHarness {
        CellHarness(blockCounts: [80, 80, 80], policy: .recompute, { $0.watermark = 0 }) {
            $0.overload.sampleInterval = .milliseconds(2)
            $0.packing.epoch = .milliseconds(4)
            $0.packing.mostDeferrals = .max
            $0.dispatch = .roundRobin
            $0.relocationPolicy = .mell
            let speed = Double(bytes) * 250
            $0.packing.transfers = TransferProfile(
                nearBytesPerSecond: speed, farBytesPerSecond: speed,
                computation: ComputationBoundary([.init(batch: 100, tokens: tokens)]))
            change(&$0)
        }
    }

    private func requests(_ count: Int) -> [GenerationRequest] {
        (1...count).map { .numbered(UInt64($0), prompt: 10, maxTokens: 60) }
    }

    /// What became of the sequences after a while.
    private struct Outcome {
        var groupsInUse = 0
        var moves = 0
        var recomputed = 0
        var bytes = ByteCount.zero
        /// Of any link at any time, of transfers begun and not finished.
        var mostBytes = ByteCount.zero
    }

    private func run(_ harness: inout CellHarness, _ requests: [GenerationRequest]) -> Outcome {
        var outcome = Outcome()
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<60 {
            harness.finishStep()
            outcome.mostBytes = max(outcome.mostBytes, bytesUnderWay(harness.cell))
            harness.answer()
            harness.wake()
            outcome.mostBytes = max(outcome.mostBytes, bytesUnderWay(harness.cell))
        }
        let cell = harness.cell
        outcome.groupsInUse = cell.groups.ids.count { !cell.groups[$0].running.isEmpty }
        harness.drainSteps()
        harness.expectExact(requests)
        for note in harness.notes {
            guard case .relocated(_, from: _, to: _, let bytes, stalled: _) = note else { continue }
            outcome.moves += 1
            outcome.recomputed += bytes == .zero ? 1 : 0
            outcome.bytes += bytes
        }
        return outcome
    }

    /// Of the fullest link, what live moves have yet to send.
    private func bytesUnderWay(_ cell: Cell) -> ByteCount {
        var into: [Int: Int] = [:]
        for move in cell.relocations where !move.isAborted && move.mode != .recompute {
            let left = cell.table[move.sequence].spans.count - move.placed
            into[move.to.index, default: 0] += left * Self.blockBytes
            into[10 + move.from.index, default: 0] += left * Self.blockBytes
        }
        return ByteCount(into.values.max() ?? 0)
    }

    // MARK: Both ways

    @Test func withoutLinksTokensMove() {
        var harness = harness(bytes: 0, tokens: 10_000)
        let outcome = run(&harness, requests(3))
        #expect(outcome.groupsInUse == 1)
        #expect(outcome.moves >= 2 && outcome.recomputed == outcome.moves)
        let preempted = harness.preemptionCount
        #expect(preempted == outcome.moves && outcome.bytes == .zero)
    }

    @Test func withoutComputationKVMoves() {
        var harness = harness(bytes: 1_000_000, tokens: 0)
        let outcome = run(&harness, requests(3))
        #expect(outcome.groupsInUse == 1)
        #expect(outcome.moves >= 2 && outcome.recomputed == 0)
        let preempted = harness.preemptionCount
        #expect(preempted == 0)
    }

    /// A link for one of them, and an instance that computes another.
    @Test func bothWaysAreTakenTogether() {
        var harness = harness(bytes: 12 * Self.blockBytes, tokens: 40)
        let outcome = run(&harness, requests(6))
        #expect(outcome.recomputed > 0 && outcome.recomputed < outcome.moves)
        #expect(outcome.groupsInUse < 3)
    }

    /// One way alone, for comparison.
    @Test(arguments: [TransferPolicy.kv, .tokens])
    func oneWayAloneIsAChoice(policy: TransferPolicy) {
        var harness = harness(bytes: 1_000_000, tokens: 10_000) {
            $0.packing.transferPolicy = policy
        }
        let outcome = run(&harness, requests(3))
        #expect(outcome.moves >= 2)
        #expect(outcome.recomputed == (policy == .tokens ? outcome.moves : 0))
    }

    /// A profile binds only those who keep to it.
    @Test(arguments: [TransferPolicy.unbounded, .hybrid], RelocationMode.allCases)
    func whoIsUnboundedMovesAsConfigured(policy: TransferPolicy, mode: RelocationMode) {
        var harness = harness(bytes: 0, tokens: 0) {
            $0.packing.transferPolicy = policy
            $0.relocation.mode = mode
        }
        let outcome = run(&harness, requests(3))
        let isFree = policy == .unbounded || mode == .recompute
        #expect(outcome.groupsInUse == (isFree ? 1 : 3))
        #expect((outcome.recomputed > 0) == (mode == .recompute))
    }

    /// Load balancing moves as ever: the bounds are part of Mell.
    @Test func baselinesHaveNoBounds() {
        var harness = harness(bytes: 0, tokens: 0) {
            $0.packingPolicy = .loadBalance
            $0.packing.balanceGap = Share(1, 100)
        }
        // All long ones on the first instance.
        let all = (0..<12 as Range<UInt64>).map { number -> GenerationRequest in
            let isLong = number % 3 == 0
            return .numbered(number + 1, prompt: isLong ? 36 : 1, maxTokens: isLong ? 60 : 2)
        }
        #expect(run(&harness, all).moves > 0)
    }

    // MARK: Bounds

    /// What is put off stays where it is, for the packer too.
    @Test func whatNothingCanCarryStays() {
        var harness = harness(bytes: 0, tokens: 0)
        let all = requests(3)
        for request in all { harness.send(.submitted(request)) }
        for _ in 0..<30 {
            harness.finishStep()
            harness.wake()
            for id in harness.cell.groups.ids.flatMap({ harness.cell.groups[$0].running }) {
                #expect(harness.cell.packer?.group(of: id) == harness.cell.groupOf[id.index])
            }
        }
        #expect(!harness.cell.deferrals.isEmpty)
        harness.drainSteps()
        #expect(harness.relocationCount == 0)
        harness.expectExact(all)
    }

    /// Moves larger than a whole epoch carries go after some.
    @Test(arguments: [1, 4])
    func nothingIsPutOffForEver(epochs: Int) {
        var harness = harness(bytes: 1, tokens: 0) { $0.packing.mostDeferrals = epochs }
        let all = requests(3)
        for request in all { harness.send(.submitted(request)) }
        var most = 0
        for _ in 0..<200 where harness.cell.relocations.isEmpty {
            harness.finishStep()
            harness.wake()
            most = max(most, harness.cell.deferrals.values.max() ?? 0)
        }
        #expect(most == epochs)
        harness.drainSteps()
        #expect(harness.relocationCount > 0)
        harness.expectExact(all)
    }

    /// What outgrows an instance leaves it whatever that loads.
    @Test func whereTooMuchIsNothingIsPutOff() {
        var harness = harness(bytes: 0, tokens: 0) { $0.dispatch = .pack }
        let all = (1...6).map {
            GenerationRequest.numbered(UInt64($0), prompt: 36, maxTokens: 60)
        }
        let outcome = run(&harness, all)
        let preempted = harness.preemptionCount
        #expect(outcome.moves > 0 && preempted == 0)
    }

    /// Whatever is on its way, links carry no more than an epoch's bytes; each move counts until it
    /// is over.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func linksCarryNoMoreThanTheyCan(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let blocks = Int.random(in: 6...20, using: &random)
        var harness = harness(bytes: blocks * Self.blockBytes, tokens: 20)
        let all = (1...9).map {
            GenerationRequest.numbered(
                $0, prompt: .random(in: 4...30, using: &random),
                maxTokens: .random(in: 20...50, using: &random))
        }
        let outcome = run(&harness, all)
        #expect(outcome.moves > 0)
        // What is generated while a move goes on comes on top: some blocks of the few that move.
        #expect(outcome.mostBytes.bytes <= (blocks + 4) * Self.blockBytes)
    }
}

// MARK: - Costs

extension TransferTests {
    private static let costs = BatchCostModel(
        perPair: 1e-6, perToken: 1e-3, perChunk: 5e-3, shared: 4e-3,
        decode: .init(perStep: 20e-3, perSequence: 1e-3, perContextToken: 1e-5))

    /// So much that the step lasts just as long as it may.
    @Test(arguments: [1, 8, 32])
    func theBoundaryIsTheLongestPromptThatFits(batch: Int) {
        let boundary = ComputationBoundary(
            Self.costs, epoch: .seconds(1), share: 0.1, mostSequences: 32)
        func added(_ tokens: TokenCount) -> Double {
            var load = BatchLoad.zero
            load.decodes = batch
            let prompt = PromptChunk(sequence: SequenceID(0), prefix: 0, count: tokens)
            return Self.costs.cost(of: load + BatchLoad(prompt)) - Self.costs.cost(of: load)
        }
        let tokens = boundary.tokens(with: batch)
        #expect(added(tokens) <= 0.1 && added(tokens + 1) > 0.1)
    }

    @Test func aLargerBatchHasNoMoreToSpare() {
        let boundary = ComputationBoundary(
            Self.costs, epoch: .seconds(1), share: 0.1, mostSequences: 40)
        let tokens = (0...40).map(boundary.tokens)
        #expect(zip(tokens, tokens.dropFirst()).allSatisfy { $0 >= $1 })
        // Nobody is slowed where nobody decodes.
        #expect(tokens[0] > 5 * tokens[1] && tokens[40] > 0)
    }
}
