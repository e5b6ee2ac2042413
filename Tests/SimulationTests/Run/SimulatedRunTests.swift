import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

struct SimulatedRunTests {
    /// Far more than the cell can hold at once, then nothing.
    static let burst = arrivals(60, every: .milliseconds(10))

    static func arrivals(
        _ count: Int, every interval: Duration, input: TokenCount = 30, output: TokenCount = 20
    ) -> [SimulatedArrival] {
        (0..<count).map {
            SimulatedArrival(time: interval * $0, inputTokens: input, outputTokens: output)
        }
    }

    static func setup(
        _ policy: OverloadPolicy = .drop, _ arrivals: [SimulatedArrival] = burst,
        instances: Int = 2
    ) -> SimulationSetup {
        SimulationSetup(
            cell: Fixtures.cell(policy, instances: instances).configuration,
            costs: Fixtures.costs, arrivals: arrivals)
    }

    static func run(_ setup: SimulationSetup) -> SimulationResult {
        var run = SimulatedRun(setup)
        while !run.isOver { run.advance(events: 1000) }
        return run.result
    }

    /// One loop serves both.
    @Test(arguments: OverloadPolicy.allCases)
    func itSeesWhatAProjectionSees(policy: OverloadPolicy) throws {
        let question = WhatIfQuestion(arrivals: Fixtures.arrivals(60, every: .milliseconds(10)))
        let projection = try Fixtures.run(question, of: Fixtures.cell(policy))
        let result = Self.run(Self.setup(policy))
        let answer = projection.answer
        #expect(result.count(of: .completed) == answer.requests)
        #expect(result.count(of: .rejected) == answer.rejected)
        #expect(result.decisions == answer.events)
        #expect(result.ending == projection.ending)
        #expect(result.eventCount == projection.eventCount)
        let ttft = result.requests.compactMap { result.timeToFirstToken($0) }.sorted()
        #expect(ttft.last == answer.ttft?.max)
        #expect(ttft[(ttft.count * 50 + 99) / 100 - 1] == answer.ttft?.p50)
        let queue = result.requests.compactMap(\.queueTime).sorted()
        #expect(queue.last == answer.queue?.max)
        for (sample, second) in zip(result.samples, answer.timeline) {
            #expect(sample.running == second.running && sample.waiting == second.waiting)
        }
        #expect(answer.timeline.count == result.samples.count)
    }

    @Test(arguments: OverloadPolicy.allCases)
    func everyTokenIsCounted(policy: OverloadPolicy) throws {
        let result = Self.run(Self.setup(policy))
        #expect(result.requests.count == 60 && result.count(of: .completed) == 60)
        #expect(result.requests.allSatisfy { $0.outputTokens == 20 })
        #expect(result.tokensPerSecond.reduce(0, +) == 60 * 20)
        #expect(result.gaps.count == 60 * 19)
        for request in result.requests {
            let first = try #require(request.firstToken)
            let last = try #require(request.lastToken)
            let started = try #require(request.started)
            #expect(request.submitted <= started && started < first && first < last)
            #expect(request.ended == last)
            #expect(request.timePerToken == (last - first) / 19)
        }
        let preempted = result.requests.reduce(0) { $0 + $1.preemptions }
        #expect(preempted == result.counters.preemptions + result.counters.swaps)
        #expect(result.counters.computedTokens >= 60 * 49)
    }

    @Test func aDropIsCountedAndSeen() {
        let result = Self.run(Self.setup())
        #expect(result.counters.drops == 1 && result.counters.restores == 1)
        #expect(result.counters.memoryChanges >= 4 && result.counters.loadedUnits == 6)
        #expect(result.counters.transferredBytes > .zero)
        #expect(result.counters.pipelineBusy > .zero)
        let share = result.counters.bubbleShare ?? 1
        #expect(share > 0 && share < 0.5)
        #expect(result.samples.contains { $0.groups.contains { $0.stages.count == 2 } })
        #expect(result.samples.contains { $0.instances.contains { $0.phase == .dropped } })
        #expect(result.samples.last?.instances.allSatisfy { $0.phase == .whole } == true)
    }

    /// A pipeline from the start is not a drop.
    @Test func aStaticPipelineDropsNothing() {
        let result = Self.run(Self.setup(.staticPipeline))
        #expect(result.counters.drops == 0 && result.counters.restores == 0)
        #expect(result.counters.bubbleShare != nil)
    }

    @Test(arguments: OverloadPolicy.allCases)
    func memoryAddsUp(policy: OverloadPolicy) {
        let budget = Fixtures.shape.pageSize * Fixtures.shape.pageCount
        for sample in Self.run(Self.setup(policy)).samples {
            for instance in sample.instances {
                let parts = [
                    instance.weights, instance.used, instance.cached, instance.free,
                    instance.other,
                ]
                #expect(parts.allSatisfy { $0 >= .zero })
                #expect(parts.reduce(.zero, +) == budget)
            }
        }
    }

    @Test func piecesDoNotMatter() {
        let whole = Self.run(Self.setup())
        var run = SimulatedRun(Self.setup())
        while !run.isOver { run.advance(events: 3) }
        #expect(run.result.fingerprint == whole.fingerprint)
        #expect(run.result.requests == whole.requests)
        #expect(run.result.samples == whole.samples)
        #expect(run.progress == (60, 60))
    }

    @Test(arguments: OverloadPolicy.allCases)
    func watchingChangesNothing(policy: OverloadPolicy) {
        var setup = Self.setup(policy, Self.arrivals(25, every: .milliseconds(10)))
        let unwatched = Self.run(setup)
        setup.activities = ActivityLog(limit: 1000)
        for level in [CheckLevel.everySample, .everyEvent] {
            setup.checks = level
            let watched = Self.run(setup)
            #expect(watched.failures.isEmpty, "\(watched.failures)")
            #expect(watched.fingerprint == unwatched.fingerprint)
            #expect(watched.requests == unwatched.requests)
        }
    }

    @Test func faultsAreFelt() {
        var setup = Self.setup()
        let without = Self.run(setup)
        setup.faults = FaultPlan([
            Fault(
                .afterEffect(.dropStarted, count: 1, delay: .zero),
                .failure(.memoryChange(of: nil), .next(1))),
            Fault(.at(.seconds(3)), .slowInstance(InstanceID(1), factor: 5, lasting: .seconds(1))),
        ])
        setup.checks = .everySample
        let with = Self.run(setup)
        #expect(with.fingerprint != without.fingerprint)
        #expect(with.counters.failedDrops == 1 && with.failures.isEmpty)
        #expect(with.count(of: .completed) == 60)
    }

    @Test func clientsSeeTheOverheadOfTheAPI() {
        var setup = Self.setup()
        let without = Self.run(setup)
        setup.costs.requestOverhead = .milliseconds(15)
        let with = Self.run(setup)
        #expect(with.fingerprint == without.fingerprint)
        for (left, right) in zip(with.requests, without.requests) {
            #expect(left == right)
            #expect(
                with.timeToFirstToken(left)
                    == without.timeToFirstToken(right).map { $0 + .milliseconds(15) })
            #expect(with.latency(left) == without.latency(right).map { $0 + .milliseconds(15) })
        }
    }

    @Test func sharedBeginningsAreComputedOnce() {
        var arrivals = Self.arrivals(8, every: .milliseconds(300))
        for index in arrivals.indices {
            arrivals[index].prefix = .init(number: index % 2, tokens: 16)
        }
        let result = Self.run(Self.setup(.recompute, arrivals, instances: 1))
        #expect(result.requests.map(\.cachedTokens) == [0, 0, 16, 16, 16, 16, 16, 16])
    }

    @Test func prioritiesOrderTheQueue() throws {
        var arrivals = Self.arrivals(40, every: .milliseconds(1))
        arrivals[39].priority = -1
        var setup = Self.setup(.recompute, arrivals, instances: 1)
        let last = try #require(Self.run(setup).requests[39].queueTime)
        setup.cell.scheduler.order = .priority
        let first = try #require(Self.run(setup).requests[39].queueTime)
        #expect(first < last / 4)
    }

    @Test func impossibleRequestsAreTurnedAway() {
        let arrivals = [
            SimulatedArrival(time: .zero, inputTokens: 30, outputTokens: 5),
            SimulatedArrival(time: .zero, inputTokens: 0, outputTokens: 5),
            SimulatedArrival(time: .zero, inputTokens: 1 << 40, outputTokens: 5),
            SimulatedArrival(time: .zero, inputTokens: 30, outputTokens: .min),
        ]
        let result = Self.run(Self.setup(.drop, arrivals))
        #expect(result.requests.map(\.outcome) == [.completed, .rejected, .rejected, .completed])
        #expect(result.requests[1].ended == .zero && result.requests[1].firstToken == nil)
        #expect(result.requests[3].outputTokens == 1 && result.requests[3].timePerToken == nil)
    }

    @Test func nothingToDoIsSoonDone() {
        let result = Self.run(Self.setup(.drop, []))
        #expect(result.ending == .settled && result.requests.isEmpty)
        #expect(result.duration < .seconds(1))
        #expect(result.gaps.mean == nil && result.gaps.quantiles(5).isEmpty)
    }

    @Test func samplesGetSparserRatherThanMore() {
        var setup = Self.setup()
        setup.sampleInterval = .milliseconds(10)
        let dense = Self.run(setup)
        setup.limits.maxInstanceSamples = 100
        let sparse = Self.run(setup)
        #expect(dense.samples.count > 500 && sparse.samples.count <= 50)
        let ratio = Int(sparse.sampleInterval / dense.sampleInterval)
        #expect(ratio.nonzeroBitCount == 1)
        for (place, sample) in sparse.samples.enumerated() {
            #expect(sample == dense.samples[min(place * ratio, dense.samples.count - 1)])
        }
    }
}
