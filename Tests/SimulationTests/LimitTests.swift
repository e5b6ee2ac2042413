import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

/// Questions that ask for too much.
struct LimitTests {
    private func ask(
        _ arrivals: [WhatIfQuestion.Arrival], horizon: Duration? = nil,
        _ change: (inout Projection.Limits) -> Void = { _ in }
    ) throws -> Projection {
        var limits = Projection.Limits()
        change(&limits)
        return try Fixtures.run(
            WhatIfQuestion(arrivals: arrivals, horizon: horizon), limits: limits)
    }

    @Test func questionsOutOfReachAreRefused() {
        #expect(throws: WhatIfRefusal.self) {
            try ask(Fixtures.arrivals(21, every: .zero)) { $0.maxArrivals = 20 }
        }
        #expect(throws: WhatIfRefusal.self) {
            try ask(Fixtures.arrivals(20_001, every: .zero))
        }
        #expect(throws: WhatIfRefusal.self) {
            try ask(Fixtures.arrivals(21, every: .zero)) { $0.maxTokens = 1000 }
        }
        for time in [Duration.seconds(-1), .seconds(1 << 40), .seconds(200_000)] {
            #expect(throws: WhatIfRefusal.self) {
                try ask(Fixtures.arrivals(1, every: .zero, from: time))
            }
            #expect(throws: WhatIfRefusal.self) {
                try ask(Fixtures.arrivals(1, every: .zero), horizon: time)
            }
        }
    }

    @Test(arguments: [Int.min, -1, 0, Int.max])
    func impossibleSizesAreTurnedAwayOrCutDown(size: Int) throws {
        let odd = Fixtures.arrivals(2, every: .zero, input: size)
        #expect(try ask(odd).answer.rejected == 2)
        let long = Fixtures.arrivals(2, every: .zero, output: size)
        #expect(try ask(long).answer.requests == 2)
    }

    @Test func eventsAreCounted() throws {
        let arrivals = Fixtures.arrivals(60, every: .milliseconds(10))
        let projection = try ask(arrivals) { $0.maxEvents = 100 }
        #expect(projection.ending == .tooManyEvents)
        #expect((100..<110).contains(projection.eventCount))
        let answer = projection.answer
        #expect(answer.requests < 60)
        #expect(answer.events.last?.kind == "simulation_cut_short")
    }

    @Test func timeIsBounded() throws {
        let arrivals = Fixtures.arrivals(60, every: .milliseconds(10))
        let projection = try ask(arrivals) { $0.longest = .seconds(2) }
        #expect(projection.ending == .tooLong)
        #expect(projection.answer.events.last?.kind == "simulation_cut_short")
        #expect(projection.answer.timeline.count <= 3)
    }

    @Test func decisionsAreBounded() throws {
        let arrivals = Fixtures.arrivals(60, every: .milliseconds(10))
        #expect(try ask(arrivals) { $0.maxDecisions = 1 }.answer.events.count == 1)
    }

    @Test func aFullQueueTurnsAway() throws {
        let cell = Fixtures.cell { $0.scheduler.maxQueued = 5 }
        let question = WhatIfQuestion(arrivals: Fixtures.arrivals(60, every: .zero))
        let answer = try Fixtures.run(question, of: cell).answer
        #expect(answer.rejected > 40 && answer.rejected + answer.requests == 60)
    }

    @Test func aCellThatNeverRestoresDoesNotRunOn() throws {
        let cell = Fixtures.cell { $0.overload.isRestoreEnabled = false }
        let question = WhatIfQuestion(
            arrivals: Fixtures.arrivals(60, every: .milliseconds(10)))
        let projection = try Fixtures.run(question, of: cell)
        #expect(projection.ending == .idle && projection.answer.requests == 60)
        #expect(projection.answer.times(of: "restore_started").isEmpty)
        #expect(projection.answer.events.last?.kind != "simulation_cut_short")
    }

    /// The step that computes them is not among what the caller says is outstanding.
    @Test func aCellThatIsStuckIsSaidToBe() throws {
        var cell = Fixtures.cell()
        var lost: [Effect] = []
        cell.handle(.submitted(Fixtures.request(1)), at: .zero, into: &lost)
        let question = WhatIfQuestion(arrivals: Fixtures.arrivals(1, every: .zero))
        let projection = try Fixtures.run(question, of: cell)
        #expect(projection.ending == .idle)
        #expect(projection.answer.events.last?.kind == "simulation_cut_short")
    }

    @Test func aDrainingCellTakesNothing() throws {
        var cell = Fixtures.cell()
        var effects: [Effect] = []
        cell.handle(.drain, at: .zero, into: &effects)
        let question = WhatIfQuestion(arrivals: Fixtures.arrivals(3, every: .seconds(1)))
        let answer = try Fixtures.run(question, of: cell).answer
        #expect(answer.rejected == 3 && answer.requests == 0)
    }
}
