import Cluster
import Domain
import Planning
import Simulation
import Testing

struct ProjectionTests {
    /// Far more than the cell can hold at once, then nothing.
    private let burst = WhatIfQuestion(
        arrivals: Fixtures.arrivals(60, every: .milliseconds(10)))

    @Test func theSameQuestionHasTheSameAnswer() throws {
        let first = try Fixtures.run(burst)
        #expect(try Fixtures.run(burst).answer == first.answer)
        var pieces = try Projection(
            burst, in: VirtualCluster(Fixtures.cell(), at: .zero, costs: Fixtures.costs))
        while !pieces.isOver { pieces.advance(events: 7) }
        #expect(pieces.answer == first.answer)
        #expect(pieces.eventCount == first.eventCount)
    }

    @Test func theTimeOfTheLiveCellDoesNotMatter() throws {
        let later = Instant(nanoseconds: 987_654_321_000)
        #expect(try Fixtures.run(burst, at: later).answer == Fixtures.run(burst).answer)
    }

    @Test func aQuietLoadDoesNotWait() throws {
        let question = WhatIfQuestion(
            arrivals: Fixtures.arrivals(10, every: .milliseconds(700)))
        let answer = try Fixtures.run(question).answer
        #expect(answer.requests == 10 && answer.rejected == 0)
        #expect(answer.queue?.max == .zero)
        #expect(try #require(answer.ttft).max < .milliseconds(5))
        #expect(answer.events.isEmpty && answer.peakDemand < 0.5)
        #expect(answer.timeline.first?.running == 0)
        #expect(answer.timeline.allSatisfy { $0.totalBlocks == 80 })
    }

    @Test func anOverloadDropsAndRestores() throws {
        let projection = try Fixtures.run(burst)
        let answer = projection.answer
        #expect(projection.ending == .settled)
        #expect(answer.requests == 60 && answer.rejected == 0)
        let drop = try #require(answer.times(of: "drop_started").first)
        let finished = try #require(answer.times(of: "drop_finished").first)
        let restore = try #require(answer.times(of: "restore_started").first)
        let restored = try #require(answer.times(of: "restore_finished").first)
        #expect(drop < finished && finished < restore && restore < restored)
        #expect(finished - drop >= Fixtures.costs.memoryChange)
        #expect(restore - drop >= .seconds(5))
        #expect(answer.peakDemand > 1)
        #expect(answer.timeline.contains { $0.totalBlocks > 80 })
        #expect(answer.timeline.last?.totalBlocks == 80)
        let message = try #require(answer.events.first?.message)
        #expect(
            message.hasPrefix(
                "drop: groups 0, 1 -> 2; instance 0 keeps layers 0-1, "
                    + "instance 1 keeps layers 2-3; frees 2.5 KiB: "))
    }

    @Test func aDropWaitsLessThanRecomputing() throws {
        let drop = try Fixtures.run(burst).answer
        let recompute = try Fixtures.run(burst, of: Fixtures.cell(.recompute)).answer
        #expect(recompute.requests == 60 && recompute.events.isEmpty)
        let (dropQueue, otherQueue) = (
            try #require(drop.queue), try #require(recompute.queue)
        )
        #expect(dropQueue.p50 < otherQueue.p50)
        #expect(dropQueue.p99 < otherQueue.p99)
    }

    @Test(arguments: OverloadPolicy.allCases)
    func allRequestsEndUnderEveryPolicy(policy: OverloadPolicy) throws {
        let projection = try Fixtures.run(burst, of: Fixtures.cell(policy))
        #expect(projection.ending == .settled && projection.cluster.cell.isIdle)
        #expect(projection.answer.requests == 60)
    }

    @Test func theHorizonEndsIt() throws {
        var question = burst
        question.horizon = .milliseconds(1500)
        let projection = try Fixtures.run(question)
        #expect(projection.ending == .horizon)
        #expect((1..<60).contains(projection.answer.requests))
        #expect(projection.answer.timeline.count == 2)
        #expect(projection.answer.events.allSatisfy { $0.time <= .milliseconds(1500) })
        question.horizon = .seconds(100)
        #expect(try Fixtures.run(question).answer.timeline.count == 101)
    }

    @Test func arrivalsMayComeInAnyOrder() throws {
        var question = burst
        question.arrivals.reverse()
        #expect(try Fixtures.run(question).answer == Fixtures.run(burst).answer)
    }

    @Test func percentilesAreValuesThatOccurred() throws {
        let answer = try Fixtures.run(
            WhatIfQuestion(arrivals: Fixtures.arrivals(1, every: .zero))
        ).answer
        let ttft = try #require(answer.ttft)
        #expect(ttft.p50 == ttft.max && ttft.p90 == ttft.max && ttft.p99 == ttft.max)
        let none = try Fixtures.run(
            WhatIfQuestion(arrivals: Fixtures.arrivals(1, every: .zero, input: 200)))
        #expect(none.answer.ttft == nil && none.answer.queue == nil)
        #expect(none.answer.rejected == 1 && none.answer.requests == 0)
    }

    @Test func promptsDoNotShareTheirBeginnings() {
        var prompts = SyntheticPrompts(vocabularySize: Fixtures.vocabularySize)
        let first = prompts.prompt(0, count: 40)
        #expect(first.allSatisfy { $0.index < Fixtures.vocabularySize })
        #expect(prompts.prompt(0, count: 20) == Array(first[..<20]))
        #expect(prompts.prompt(1, count: 8) != Array(first[..<8]))
        prompts.sharedTokens = 8
        #expect(prompts.prompt(1, count: 8) == prompts.prompt(2, count: 8))
        #expect(prompts.prompt(1, count: 16) != prompts.prompt(2, count: 16))
        #expect(prompts.prompt(3, count: -1).isEmpty)
    }
}
