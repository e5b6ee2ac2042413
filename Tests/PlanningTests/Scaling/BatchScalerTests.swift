import Domain
import Planning
import Testing

/// Instances generate 1,000 tokens a second here and start in 30 s; answers have 100 tokens, and
/// nothing is uncertain unless it is said.
struct BatchScalerTests {
    private static let rate = 1000.0

    private func configuration(held: Int = 1) -> AutoscalingConfiguration {
        var configuration = AutoscalingConfiguration()
        configuration.policy = .chiron
        configuration.waitDeviations = 0
        configuration.assumedLength = 100
        configuration.heldBackInstances = held
        configuration.maximumInstances = 50
        return configuration
    }

    private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

    private func backlog(_ groups: [(due: Double, count: Int)]) -> [RequestBacklog] {
        groups.map { RequestBacklog(deadline: at($0.due), count: $0.count) }
    }

    private func decide(
        _ fleet: ToyFleet, _ groups: [(due: Double, count: Int)], held: Int = 1,
        _ change: (inout AutoscalingConfiguration) -> Void = { _ in }
    ) -> ScalingDecision {
        var configuration = configuration(held: held)
        change(&configuration)
        return BatchScaler(configuration).decide(
            fleet.view, backlog: backlog(groups), lengths: LengthHistory(configuration),
            at: fleet.now)
    }

    private func orders(_ count: Int, groups: Int = 1) -> ScalingDecision {
        .add(count: count, .batch, .deadlines(groups: groups))
    }

    /// C15: 1,000 requests are 100 s of work. With 10 s of margin and 30 s to start, the order is
    /// due 140 s before the deadline, and no sooner.
    @Test(arguments: [(139.0, true), (141, false), (3600, false)])
    func ordersAtTheLastMoment(slack: Double, isOrdered: Bool) {
        let fleet = ToyFleet(rate: Self.rate)
        let decision = decide(fleet, [(due: slack, count: 1000)])
        #expect(decision == (isOrdered ? orders(1) : .none))
    }

    /// C15: at the last moment for one instance more, as many as are needed and no more: 1,000
    /// s of work in 100 s.
    @Test func ordersTheFewestThatAreEnough() {
        let fleet = ToyFleet(rate: Self.rate)
        #expect(decide(fleet, [(due: 140, count: 10_000)]) == orders(9))
        #expect(decide(fleet, [(due: 140, count: 10_000)], held: 0) == orders(10))
        #expect(decide(fleet, [(due: 140, count: 10_001)], held: 0) == orders(11))
    }

    /// Where nothing serves batch requests, what is there is shared at once.
    @Test func interactiveInstancesAreSharedBeforeOthersAreOrdered() {
        var fleet = ToyFleet([.interactive: 2], rate: Self.rate)
        let decision = decide(fleet, [(due: 3600, count: 1)])
        let first = InstanceID(index: 0)
        #expect(decision == .convert(first, to: .mixed, .deadlines(groups: 1)))
        fleet.apply(decision)
        #expect(decide(fleet, [(due: 3600, count: 1)]) == .none)
    }

    @Test func whatServesAndWhatStartsCounts() {
        var fleet = ToyFleet([.batch: 2], rate: Self.rate)
        // 130 s by two, and 100 s by each that is ordered.
        #expect(decide(fleet, [(due: 140, count: 2600)], held: 0) == .none)
        #expect(decide(fleet, [(due: 140, count: 2601)], held: 0) == orders(1))
        fleet.apply(orders(1))
        #expect(decide(fleet, [(due: 140, count: 3600)], held: 0) == .none)
        fleet.advance(to: at(20))
        // 110 s by two, and another 100 s by the one that will be there in 10.
        #expect(decide(fleet, [(due: 140, count: 3200)], held: 0) == .none)
        #expect(decide(fleet, [(due: 140, count: 3201)], held: 0) == orders(1))
    }

    /// One that should be there already is expected at any moment, and no sooner.
    @Test func whatIsOverdueCountsFromNow() {
        var fleet = ToyFleet([.batch: 1], rate: Self.rate)
        fleet.advance(to: at(100))
        fleet.view.instances[0].phase = .starting(ready: at(40))
        #expect(decide(fleet, [(due: 240, count: 1300)], held: 0) == .none)
        #expect(decide(fleet, [(due: 240, count: 1301)], held: 0) == orders(1))
    }

    /// Whoever is ahead by deadline is waited for.
    @Test func groupsWaitForThoseBeforeThem() {
        let fleet = ToyFleet([.batch: 1], rate: Self.rate)
        let groups = [(due: 1000.0, count: 4000), (due: 1100, count: 6000)]
        #expect(decide(fleet, groups, held: 0) == .none)
        #expect(decide(fleet, groups + [(due: 1150, count: 2000)], held: 0) == orders(1))
        let scaler = BatchScaler(configuration(held: 0))
        let lengths = LengthHistory(configuration())
        let late = [(due: 1000.0, count: 11_000), (due: 1100, count: 1), (due: 9999, count: 1)]
        #expect(
            scaler.backpressure(
                fleet.view, backlog: backlog(late), lengths: lengths, at: .zero) == 2)
    }

    @Test func uncertaintyOrdersEarlier() {
        let fleet = ToyFleet([.batch: 1], rate: Self.rate)
        let groups = [(due: 1010.0, count: 9000)]
        #expect(decide(fleet, groups, held: 0) == .none)
        #expect(decide(fleet, groups, held: 0) { $0.waitDeviations = 2 } != .none)
    }

    /// C17: idle room of mixed instances serves the backlog; interactive requests take it away.
    @Test func lentRoomCounts() {
        var fleet = ToyFleet([.mixed: 2], rate: Self.rate)
        let groups = [(due: 1010.0, count: 15_000)]
        #expect(decide(fleet, groups, held: 0) == .none)
        #expect(fleet.place(interactive: 10) == 0)
        #expect(decide(fleet, groups, held: 0) == .none)
        #expect(fleet.place(interactive: 12) == 0)
        #expect(decide(fleet, groups, held: 0) == orders(1))
        // One that is held back is enough for a while yet.
        #expect(decide(fleet, groups, held: 1) == .none)
        fleet.view.instances[0].load = nil
        #expect(decide(fleet, groups, held: 0) == orders(1))
    }

    /// A burst that takes all lent room for a moment orders nothing while there is time.
    @Test func aBurstOrdersNothing() {
        var fleet = ToyFleet([.mixed: 2, .interactive: 3], rate: Self.rate)
        #expect(fleet.place(interactive: 100) == 0)
        #expect(decide(fleet, [(due: 3600, count: 5000)]) == .none)
    }

    @Test func theMostIsTheMostOfAllClasses() {
        let fleet = ToyFleet([.mixed: 1, .interactive: 6], rate: Self.rate)
        func decide(most: Int) -> ScalingDecision {
            self.decide(fleet, [(due: 100, count: 90_000)]) { $0.maximumInstances = most }
        }
        #expect(decide(most: 10) == orders(3))
        #expect(decide(most: 7) == .none)
    }

    @Test func callsBackBeforeItAdds() {
        var fleet = ToyFleet([.batch: 2, .mixed: 1], rate: Self.rate)
        fleet.view.instances[2].load?.batchRunning = 4
        fleet.apply(.remove(InstanceID(1), .noBatchWork))
        fleet.apply(.remove(InstanceID(2), .noBatchWork))
        let decision = decide(fleet, [(due: 100, count: 9000)])
        #expect(decision == .resume(InstanceID(2), .deadlines(groups: 1)))
    }

    /// What is late already is served soon all the same: here within the five minutes of grace.
    @Test func lateWorkIsServed() {
        let none = ToyFleet(rate: Self.rate)
        #expect(decide(none, [(due: -100, count: 1)]) == orders(1))
        #expect(decide(none, [(due: 20, count: 9000)]) == orders(3))
        let one = ToyFleet([.batch: 1], rate: Self.rate)
        #expect(decide(one, [(due: 20, count: 3000)]) == .none)
        #expect(decide(one, [(due: 20, count: 9000)]) == orders(2))
    }

    /// One instance tells how fast instances are.
    @Test func withoutRatesOneIsTried() {
        var fleet = ToyFleet()
        #expect(decide(fleet, [(due: 3600, count: 9000)]) == orders(1))
        fleet.apply(orders(1))
        #expect(decide(fleet, [(due: 3600, count: 9000)]) == .none)
        let mixed = ToyFleet([.mixed: 1])
        #expect(decide(mixed, [(due: 3600, count: 9000)]) == .none)
        var known = mixed
        known.view.instances[0].tokensPerSecond = 500
        #expect(decide(known, [(due: 140, count: 1000)]) == .none)
        #expect(decide(known, [(due: 140, count: 1160)]) == orders(1))
    }

    /// C16: without batch work all batch instances go, each when it runs nothing any more.
    @Test func goesWithTheWork() {
        var fleet = ToyFleet([.batch: 3, .mixed: 1, .interactive: 1], rate: Self.rate)
        let busy = fleet.view.instances.count - 1
        fleet.view.instances[busy].load?.batchRunning = 2
        fleet.apply(orders(1))
        for second in 0..<10 {
            fleet.advance(to: at(Double(second)))
            fleet.apply(decide(fleet, []))
        }
        #expect(fleet.count(.batch) == 1)
        for place in fleet.view.instances.indices {
            fleet.view.instances[place].load?.batchRunning = 0
        }
        fleet.apply(decide(fleet, []))
        fleet.advance(to: at(11))
        #expect(fleet.count(.batch) == 0)
        #expect(fleet.view.instances.map(\.instanceClass) == [.interactive, .mixed])
        #expect(decide(fleet, []) == .none)
    }

    /// C18
    @Test func silenceNeverRemoves() {
        var fleet = ToyFleet([.batch: 1], rate: Self.rate)
        fleet.view.instances[0].load = nil
        #expect(decide(fleet, []) == .none)
    }
}
