import Domain
import Planning
import Testing

/// Backlogs served from beginning to end by instances that generate 1,000 tokens a second.
struct BatchScalerRunTests {
    private struct Run {
        var fleet: ToyFleet
        let configuration: AutoscalingConfiguration
        /// Tokens and deadlines of groups, by deadline.
        var work: [(due: Double, tokens: Double)]
        /// The longest that a group was late.
        var lateness = 0.0
        var instanceSeconds = 0.0
        var firstOrder: Double?
        var end: Double?

        init(_ fleet: ToyFleet, work: [(due: Double, tokens: Double)], margin: Double = 10) {
            self.fleet = fleet
            self.work = work
            var configuration = AutoscalingConfiguration()
            configuration.policy = .chiron
            configuration.maximumInstances = 100
            configuration.assumedLength = 100
            configuration.waitDeviations = 0
            configuration.deadlineMargin = .seconds(margin)
            self.configuration = configuration
        }

        /// - Parameter interactive: requests at a second.
        mutating func serve(seconds: Int, interactive: (Int) -> Int = { _ in 0 }) {
            for second in 0..<seconds {
                fleet.advance(to: .zero + .seconds(second))
                let requests = interactive(second)
                _ = fleet.place(interactive: requests)
                generate(second)
                let backlog = work.map {
                    RequestBacklog(
                        deadline: .zero + .seconds($0.due),
                        count: Int(($0.tokens / 100).rounded(.up)))
                }
                let before = fleet.decisions.count
                fleet.apply(
                    BatchScaler(configuration).decide(
                        fleet.view, backlog: backlog, lengths: LengthHistory(configuration),
                        at: fleet.now))
                if fleet.decisions.count > before { firstOrder = firstOrder ?? Double(second) }
                instanceSeconds += Double(fleet.count(.batch))
            }
        }

        private mutating func generate(_ second: Int) {
            var tokens = 0.0
            for instance in fleet.view.instances where instance.phase == .serving {
                let taken = Double(instance.load?.interactive ?? 0) / 20
                tokens += instance.instanceClass == .batch ? 1000 : 1000 * (1 - taken)
            }
            while tokens > 0, !work.isEmpty {
                let done = min(tokens, work[0].tokens)
                tokens -= done
                work[0].tokens -= done
                guard work[0].tokens <= 0 else { break }
                lateness = max(lateness, Double(second) + 1 - work[0].due)
                work.removeFirst()
                if work.isEmpty { end = Double(second) }
            }
        }
    }

    /// C15 and C16: the order comes as late as it may, the work is done in time, and the instances
    /// are gone after it.
    @Test(arguments: [300.0, 1000, 3000], [50_000.0, 500_000, 2_000_000])
    func lateOrdersKeepDeadlines(due: Double, tokens: Double) throws {
        var run = Run(ToyFleet(rate: 1000), work: [(due, tokens)])
        run.serve(seconds: Int(due) + 10)
        #expect(run.lateness <= 0)
        let order = try #require(run.firstOrder)
        let latest = due - 30 - 10 - tokens / 1000
        #expect(order >= latest && order <= max(0, latest + 2))
        #expect(run.fleet.count(.batch) == 0)
        // The work, and for each instance the time to start.
        let started = run.fleet.decisions.reduce(0) {
            if case .add(let count, _, _) = $1 { $0 + count } else { $0 }
        }
        #expect(run.instanceSeconds <= tokens / 1000 + Double(started) * 40)
        let fewest = (tokens / (1000 * (due - 40))).rounded(.up)
        #expect(Double(started) <= fewest + 1)
    }

    /// C17: lent room does the work that it can do in time, and no instance is added.
    @Test func lentRoomIsEnough() {
        var run = Run(ToyFleet([.mixed: 4], rate: 1000), work: [(3600, 2_000_000)])
        run.serve(seconds: 3600) { second in (second / 60) % 2 == 0 ? 20 : 60 }
        #expect(run.fleet.decisions == [])
        #expect(run.lateness <= 0)
        // Two of four instances, on average.
        #expect((980...1020).contains(run.end ?? 0))
    }

    /// C17: where lent room goes for good, orders come in time.
    @Test func lentRoomThatGoesIsReplaced() {
        var run = Run(ToyFleet([.mixed: 4], rate: 1000), work: [(3600, 9_000_000)])
        run.serve(seconds: 3610) { second in second < 1200 ? 0 : 80 }
        #expect(run.lateness <= 0)
        #expect(run.firstOrder ?? 0 >= 1200)
        #expect(run.instanceSeconds < 4_200_000 / 1000 + 10 * 60)
    }

    /// Groups of all deadlines, each in time.
    @Test func manyGroupsAreEachInTime() {
        let work = (1...20).map { (due: Double($0) * 200, tokens: Double($0 % 7) * 100_000 + 1) }
        var run = Run(ToyFleet([.mixed: 1], rate: 1000), work: work)
        run.serve(seconds: 4100)
        #expect(run.lateness <= 0)
        #expect(run.fleet.count(.batch) == 0)
    }
}
