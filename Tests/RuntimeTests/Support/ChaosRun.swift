import Cluster
import Domain
import Inference
import Planning
import Scheduling
import Synchronization
import TestSupport
import Testing

@testable import Runtime

/// One cell under random requests, commands and departures, from a seed.
struct ChaosRun: Sendable {
    let model: ChaosModel
    let seed: Int
    private let harness: RuntimeHarness
    /// By request: which prompt it is.
    private let prompts: [Int]
    private let requests: [GenerationRequest]
    private let schedule: ChaosSchedule
    /// By request: lets it begin.
    private let gates: [Gate]
    private let departures = Departures()
    private let faults: Faults
    let policy: OverloadPolicy

    private struct Gate: Sendable {
        let stream: AsyncStream<Void>
        let opening: AsyncStream<Void>.Continuation

        init() { (stream, opening) = AsyncStream.makeStream() }
    }

    /// Requests whose owners are to let go of their streams.
    private final class Departures: Sendable {
        private let requests = Mutex<Set<Int>>([])

        func insert(_ request: Int) { requests.withLock { _ = $0.insert(request) } }
        func contains(_ request: Int) -> Bool { requests.withLock { $0.contains(request) } }
    }

    init(_ model: ChaosModel, seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let policies: [OverloadPolicy] = [
            .drop, .drop, .drop, .drop, .drop, .swap, .swap, .migrate, .recompute, .staticPipeline,
        ]
        let policy = policies.randomElement(using: &random) ?? .drop
        let isBlocking = Int.random(in: 0..<4, using: &random) == 0
        let mode: ExchangeMode = isBlocking ? .blocking : .coordinated
        let faults = Faults(Self.faultRates(&random), seed: seed)
        self.faults = faults
        harness = try RuntimeHarness(
            model: model.directory, exchangeMode: mode, faults: faults
        ) {
            Self.configure(&$0, policy, &random)
            $0.maxInstances = $0.instances + seed % 3
        }
        self.policy = policy
        self.model = model
        self.seed = seed
        let harness = harness
        let count = Int.random(in: 6...16, using: &random)
        prompts = (0..<count).map { _ in
            Int.random(in: 0..<model.prompts.count, using: &random)
        }
        requests = prompts.map { model.prompts[$0].request(harness) }
        schedule = ChaosSchedule(requests: count, seed: seed)
        gates = (0..<count).map { _ in Gate() }
    }

    /// Half of the cells run on sound machines.
    private static func faultRates(_ random: inout SplitMix64) -> Faults.Rates {
        guard Bool.random(using: &random) else { return Faults.Rates() }
        func some(_ most: Double) -> Double {
            Bool.random(using: &random) ? .random(in: 0...most, using: &random) : 0
        }
        return Faults.Rates(
            step: some(0.02), memoryChange: some(0.4), block: some(0.02), parameters: some(0.4),
            load: some(0.6))
    }

    /// Little memory, and decisions as fast as tiny models are.
    private static func configure(
        _ configuration: inout EngineConfiguration, _ policy: OverloadPolicy,
        _ random: inout SplitMix64
    ) {
        func some(_ milliseconds: ClosedRange<Double>) -> Duration {
            .seconds(Double.random(in: milliseconds, using: &random) / 1000)
        }
        configuration.instances = .random(in: 2...4, using: &random)
        configuration.maxModelLength = 96
        configuration.memory = .kvCache(.kibibytes(.random(in: 1...700, using: &random)))
        configuration.overloadPolicy = policy
        configuration.pipelineStages = .random(in: 2...3, using: &random)
        configuration.swapSpace = .kibibytes(.random(in: 0...3000, using: &random))
        configuration.scheduler.maxBatchedTokens = .random(in: 12...64, using: &random)
        configuration.scheduler.isPrefixCaching = .random(using: &random)
        configuration.overload.sampleInterval = some(0.1...2)
        configuration.overload.restoreHold = some(0...3)
        configuration.overload.maximumRestoreHold = some(3...6)
        configuration.overload.minimumDropped = some(0...3)
        configuration.overload.relapseWithin = some(0...3)
        configuration.overload.retryAfter = some(0...2)
        configuration.overload.horizon = some(0...5)
        configuration.overload.restoreBelow = .random(in: 0.3...1, using: &random)
        configuration.overload.maxStages = .random(in: 2...4, using: &random)
        configuration.relocation.patience = some(0...4)
        configuration.relocation.maxConcurrentLive = .random(in: 1...8, using: &random)
        configuration.relocation.exchangeShare = .random(in: 0...1, using: &random)
        let relocations = RelocationPolicy.allCases
        configuration.relocationPolicy = relocations.randomElement(using: &random) ?? .llumnix
        configuration.dispatch = DispatchPolicy.allCases.randomElement(using: &random) ?? .freeness
        configuration.packingPolicy = PackingPolicy.allCases.randomElement(using: &random) ?? .mell
        let ways = TransferPolicy.allCases
        configuration.packing.transferPolicy = ways.randomElement(using: &random) ?? .hybrid
        configuration.packing.epoch = some(0.2...5)
        configuration.packing.mostDeferrals = .random(in: 1...4, using: &random)
        let modes = RelocationMode.allCases
        configuration.relocation.mode = modes.randomElement(using: &random) ?? .live
        configuration.migration.outBelow = .random(in: -2...4, using: &random)
        configuration.migration.inAbove = .random(in: 0...6, using: &random)
        configuration.relocation.maxConcurrent = .random(in: 1...4, using: &random)
        configuration.relocation.finalBlocks = .random(in: 0...3, using: &random)
    }

    private var runtime: CellRuntime { harness.runtime }
}

// MARK: - Running

extension ChaosRun {
    /// Everything, to the last page.
    func run(_ coverage: ChaosCoverage) async throws {
        let answers = await withTaskGroup(of: (Int, RuntimeHarness.Answer)?.self) { group in
            for index in requests.indices { group.addTask { await collect(index) } }
            group.addTask { await watch() }
            carryOut(schedule.advance(tokens: 0))
            var answers: [Int: RuntimeHarness.Answer] = [:]
            while answers.count < requests.count, let next = await group.next() {
                guard let next else { continue }
                answers[next.0] = next.1
            }
            group.cancelAll()
            return answers
        }
        for (index, answer) in answers { check(answer, of: index, coverage) }
        faults.end()
        await settle()
        checkBooks()
        runtime.stop()
        checkPages()
        #expect(faults.breaches.isEmpty, story)
        coverage.add(runtime.events(after: 0))
    }

    private func collect(_ index: Int) async -> (Int, RuntimeHarness.Answer) {
        for await _ in gates[index].stream {}
        var answer = RuntimeHarness.Answer()
        for await event in runtime.generate(requests[index]) {
            answer.take(event)
            guard case .tokens(let tokens) = event else { continue }
            carryOut(schedule.advance(tokens: tokens.count))
            if departures.contains(index) { break }
        }
        carryOut(schedule.end())
        return (index, answer)
    }

    /// Says what stands still if nothing ends for long, and ends it.
    private func watch() async -> (Int, RuntimeHarness.Answer)? {
        do {
            try await Task.sleep(for: .seconds(120))
        } catch {
            return nil
        }
        Issue.record("stands still: \(runtime.snapshot())")
        Issue.record(story)
        for index in requests.indices { carryOut([.submit(index), .cancel(index)]) }
        return nil
    }

    private func carryOut(_ actions: [ChaosSchedule.Action]) {
        for action in actions {
            switch action {
            case .submit(let index): gates[index].opening.finish()
            case .cancel(let index): runtime.cancel(requests[index].id)
            case .leave(let index): departures.insert(index)
            case .drop: _ = runtime.command(.drop(freeing: nil))
            case .restore: _ = runtime.command(.restore)
            case .drain(let index): _ = runtime.command(.drain(InstanceID(index: index)))
            case .add(let count): _ = runtime.command(.addInstances(count))
            case .remove(let index):
                _ = runtime.command(.removeInstance(InstanceID(index: index)))
            }
            runtime.state.withLock { $0.cell.checkInvariants() }
        }
    }
}

// MARK: - Checking

extension ChaosRun {
    /// A finished request has the tokens of the quiet run; one that was ended by its owner or by a
    /// fault has their beginning.
    private func check(
        _ answer: RuntimeHarness.Answer, of index: Int, _ coverage: ChaosCoverage
    ) {
        let expected = model.answers[prompts[index]]
        let name: Comment = "seed \(seed), \(policy), request \(index)"
        if case .failed = answer.reason { coverage.add("request failed") }
        switch answer.reason {
        case .aborted, .failed, nil:
            #expect(answer.tokens == Array(expected.tokens.prefix(answer.tokens.count)), name)
            #expect(answer.prompt == Array(expected.prompt.prefix(answer.prompt.count)), name)
        default:
            #expect(answer.tokens == expected.tokens, name)
            #expect(answer.prompt == expected.prompt, name)
            #expect(answer.reason == expected.reason, name)
        }
        #expect(answer.rejection == nil, name)
    }

    /// Waits for those who left, and restores what is dropped. The requests that make the cell
    /// move meanwhile are exact too, on parameters that have come back.
    private func settle() async {
        for attempt in 0..<400 {
            let index = attempt % model.prompts.count
            let answer = await harness.collect(model.prompts[index].request(harness))
            #expect(answer.tokens == model.answers[index].tokens, "seed \(seed), \(policy)")
            if runtime.load == (0, 0), policy != .drop || isWhole { return }
            if policy == .drop { _ = runtime.command(.restore) }
        }
        Issue.record("not quiet: \(runtime.snapshot())")
        Issue.record(story)
    }

    private var isWhole: Bool {
        let snapshot = runtime.snapshot()
        let present = snapshot.instances.filter { $0.phase != .absent }
        return present.allSatisfy { $0.phase == .whole || $0.phase == .draining }
            && snapshot.groups.count == present.count
            && snapshot.groups.allSatisfy { $0.stages.count == 1 && $0.stalled == 0 }
    }

    /// No block is in anybody's hands.
    private func checkBooks() {
        let name: Comment = "seed \(seed), \(policy)"
        #expect(runtime.load == (0, 0), name)
        #expect(harness.metric("vllm:kv_cache_usage_perc") == 0, name)
        let snapshot = runtime.snapshot()
        for group in snapshot.groups { #expect(group.usedBlocks == 0, name) }
        runtime.state.withLock { state in
            state.cell.checkInvariants()
            #expect(state.cell.isIdle, name)
            #expect(state.records.allSatisfy { $0 == nil } && state.submitted.isEmpty, name)
        }
    }

    /// Every page of every instance is where the cell thinks it is.
    private func checkPages() {
        let cell = runtime.moment.cell
        for worker in runtime.fleet.workers {
            guard let executor = (worker.executor as? FaultyExecutor)?.executor else { continue }
            executor.checkInvariants()
            let memory = cell.memories[worker.instance.index]
            #expect(executor.weights.pageCount == memory.weightPages, story)
            #expect(executor.kv.pageCount == memory.kvPages, story)
            #expect(executor.memory.freePageCount == memory.sparePages, story)
            guard policy == .drop else { continue }
            #expect(memory.isWhole, story)
            for unit in memory.shape.units(for: memory.held) {
                #expect(executor.holds(unit), story)
            }
        }
    }

    /// What the cell has decided, for whoever has to find out why a run failed.
    private var story: Comment {
        let events = runtime.events(after: 0).map { "\($0.number). \($0.message)" }
        return "seed \(seed), \(policy)\n\(events.joined(separator: "\n"))"
    }
}
