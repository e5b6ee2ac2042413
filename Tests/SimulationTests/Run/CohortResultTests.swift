import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

struct CohortResultTests {
    private static let chat = ServicePromise(
        "chat", ttft: .milliseconds(100), itl: .milliseconds(60))
    private static let batch = ServicePromise("batch", ttft: .seconds(2))

    /// Every third is urgent, every second of the others a batch.
    private static let arrivals = SimulatedRunTests.burst.enumerated().map { number, arrival in
        var arrival = arrival
        arrival.cohort =
            number % 3 == 0
            ? RequestCohort(priority: -1, chat) : RequestCohort(number % 2 == 0 ? batch : nil)
        return arrival
    }

    private static let result: SimulationResult = {
        var setup = SimulatedRunTests.setup(.recompute, arrivals)
        setup.cell.scheduler.order = .priority
        return SimulatedRunTests.run(setup)
    }()

    @Test func everyRequestIsOfOneCohort() {
        let cohorts = Self.result.cohorts
        #expect(
            cohorts.map(\.cohort) == [
                RequestCohort(priority: -1, Self.chat), RequestCohort(),
                RequestCohort(Self.batch),
            ])
        #expect(
            cohorts.map(\.requests) == [20, 20, 20] && cohorts.map(\.completed) == [20, 20, 20])
        #expect(
            cohorts.map(\.cohort.description) == ["chat, priority -1", "normal", "batch"])
    }

    @Test func timesAreThoseOfItsRequests() {
        for cohort in Self.result.cohorts {
            let numbers = Self.arrivals.indices.filter { Self.arrivals[$0].cohort == cohort.cohort }
            let own = numbers.map { Self.result.requests[$0] }
            #expect(
                cohort.timesToFirstToken == own.compactMap { Self.result.timeToFirstToken($0) })
            #expect(cohort.timesPerToken == own.compactMap(\.timePerToken))
            #expect(cohort.latencies == own.compactMap { Self.result.latency($0) })
            guard let limits = cohort.cohort.serviceClass else { continue }
            let isSoon = cohort.timesToFirstToken.map { $0 <= limits.ttft ?? .seconds(99) }
            let isSteady = cohort.timesPerToken.map { $0 <= limits.itl ?? .seconds(99) }
            #expect(cohort.metTTFT == isSoon.count { $0 } && cohort.metITL == isSteady.count { $0 })
            #expect(cohort.metBoth == zip(isSoon, isSteady).count { $0 && $1 })
        }
    }

    @Test func whatWasPromisedIsCompared() throws {
        let (chat, normal, batch) = (
            Self.result.cohorts[0], Self.result.cohorts[1], Self.result.cohorts[2]
        )
        let kept = try #require(chat.attainment)
        #expect(kept.ttft == Double(chat.metTTFT) / 20 && kept.itl == Double(chat.metITL) / 20)
        #expect(kept.both == Double(chat.metBoth) / 20 && kept.both <= min(kept.ttft, kept.itl))
        #expect(kept.ttft > 0 && kept.ttft < 1, "the limit tells requests apart")
        #expect(normal.attainment == nil)
        #expect(batch.attainment?.itl == 1)
        let slowest = try #require(chat.timesToFirstToken.max())
        let others = normal.timesToFirstToken + batch.timesToFirstToken
        #expect(slowest < (others.max() ?? .zero) / 2, "urgent requests are served first")
    }

    /// Requests that are turned away, or do not come before the end, miss their limits.
    @Test func withoutAnAnswerNothingIsMet() {
        var arrivals = SimulatedRunTests.arrivals(4, every: .seconds(1), output: 1)
        for index in arrivals.indices { arrivals[index].serviceClass = Self.batch }
        arrivals[1].inputTokens = 500
        var run = SimulatedRun(SimulatedRunTests.setup(.recompute, arrivals))
        while run.result.requests.count < 3 { run.advance(events: 1) }
        let cohort = run.result.cohorts[0]
        #expect(cohort.requests == 4 && cohort.completed == 1)
        #expect(cohort.timesToFirstToken.count == 1 && cohort.timesPerToken.isEmpty)
        let kept = cohort.attainment
        #expect(kept?.ttft == 0.25 && kept?.itl == 0.25 && kept?.both == 0.25)
    }

    @Test func aClassWithoutLimitsPromisesNothing() {
        var arrivals = SimulatedRunTests.arrivals(1, every: .seconds(1))
        arrivals[0].serviceClass = ServicePromise("free")
        let cohorts = SimulatedRunTests.run(SimulatedRunTests.setup(.drop, arrivals)).cohorts
        #expect(cohorts.count == 1 && cohorts[0].attainment == nil)
        #expect(cohorts[0].metBoth == 1)
        #expect(SimulatedRunTests.run(SimulatedRunTests.setup(.drop, [])).cohorts.isEmpty)
    }

    /// The cell does not know classes.
    @Test func classesChangeNothing() {
        var plain = Self.arrivals
        for index in plain.indices { plain[index].serviceClass = nil }
        let left = SimulatedRunTests.run(SimulatedRunTests.setup(.drop, Self.arrivals))
        let right = SimulatedRunTests.run(SimulatedRunTests.setup(.drop, plain))
        #expect(left.fingerprint == right.fingerprint && left.requests == right.requests)
    }
}

struct BusyInstanceTests {
    @Test func oneRequestKeepsOneInstanceBusy() throws {
        let arrivals = SimulatedRunTests.arrivals(1, every: .seconds(1))
        var setup = SimulatedRunTests.setup(.recompute, arrivals, instances: 3)
        setup.sampleInterval = .milliseconds(10)
        let result = SimulatedRunTests.run(setup)
        let busy = try #require(result.meanBusyInstances)
        // At the first sample it has not come yet.
        let count = (result.duration / setup.sampleInterval).rounded(.up)
        #expect(abs(busy - (count - 1) / count) < 1e-9)
    }

    @Test(arguments: OverloadPolicy.allCases)
    func membersOfABusyGroupAreBusy(policy: OverloadPolicy) throws {
        var setup = SimulatedRunTests.setup(policy, instances: 3)
        setup.sampleInterval = .milliseconds(50)
        let result = SimulatedRunTests.run(setup)
        for sample in result.samples {
            let groups = sample.groups.filter { $0.running > 0 || $0.waiting > 0 }
            let members = Set(groups.flatMap { $0.stages.map(\.instance) })
            #expect(sample.busyCount == members.count)
        }
        let mean = try #require(result.meanBusyInstances)
        #expect(mean > 1 && mean <= 3)
        #expect(result.samples.last?.busyCount == 0)
    }

    @Test func nothingIsBusyWithoutRequests() {
        let result = SimulatedRunTests.run(SimulatedRunTests.setup(.drop, []))
        #expect(result.meanBusyInstances ?? 0 == 0)
    }
}

struct RelocationCounterTests {
    @Test(arguments: OverloadPolicy.allCases)
    func everyMoveIsCounted(policy: OverloadPolicy) {
        let counters = SimulatedRunTests.run(SimulatedRunTests.setup(policy)).counters
        #expect(counters.stalls.count == counters.relocations)
        #expect(counters.relocatedBytes <= counters.transferredBytes)
        #expect(policy != .drop || (counters.relocations > 0 && counters.relocatedBytes > .zero))
        #expect((counters.stalls.sum > .zero) == (counters.relocations > 0))
        #expect(counters.stalls.maximum ?? .zero <= counters.stalls.sum)
    }
}
