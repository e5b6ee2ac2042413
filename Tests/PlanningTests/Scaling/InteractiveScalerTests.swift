import Domain
import Planning
import TestSupport
import Testing

struct InteractiveScalerTests {
    private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

    private func instance(
        _ id: Int, _ kind: InstanceClass, _ phase: ScalableInstance.Phase = .serving,
        interactive: Int = 0, batch: Int = 0
    ) -> ScalableInstance {
        ScalableInstance(
            InstanceID(index: id), kind, phase, batchSize: 20,
            load: .init(interactiveRunning: interactive, batchRunning: batch))
    }

    private func scaler(most: Int = 1000) -> InteractiveScaler {
        var configuration = AutoscalingConfiguration()
        configuration.policy = .chiron
        configuration.maximumInstances = most
        return InteractiveScaler(configuration)
    }

    /// C9: interactive requests make an instance busy, batch requests do not, and batch instances
    /// are not counted.
    @Test func backpressureIsTheShareOfBusyInstances() {
        let instances = [
            instance(0, .interactive, interactive: 3), instance(1, .interactive),
            instance(2, .mixed, interactive: 1, batch: 9), instance(3, .mixed, batch: 20),
            instance(4, .batch, batch: 20), instance(5, .interactive, .starting(ready: at(9))),
            instance(6, .interactive, .draining, interactive: 5),
        ]
        let view = ScalingView(instances: instances, loadTime: .seconds(30))
        #expect(InteractiveScaler.backpressure(of: view) == 0.4)
        let none = ScalingView(instances: [instances[4]], loadTime: .seconds(30))
        #expect(InteractiveScaler.backpressure(of: none) == nil)
    }

    /// A batch instance that is there helps at once; a new one comes a load time later.
    @Test func batchInstancesAreConvertedBeforeOthersAreOrdered() {
        var scaler = scaler(most: 3)
        let view = ScalingView(
            instances: [
                instance(0, .mixed, interactive: 60), instance(1, .batch, .starting(ready: at(9))),
                instance(2, .batch, batch: 20),
            ], loadTime: .seconds(30))
        let decision = scaler.observe(
            view, threshold: 0.5, hasBatchBacklog: true, at: .zero)
        #expect(
            decision
                == .convert(InstanceID(index: 2), to: .mixed, .tooLittleHeadroom(wanted: 6)))
    }

    private static let third = 1.0 / 3
    private static let wanted: [(requests: Int, threshold: Double, count: Int)] = [
        (0, third, 1), (1, third, 3), (20, third, 3), (21, third, 6), (60, third, 9),
        (100, 0.37, 14), (100, 1, 5), (100, 0.1, 50), (1, 0.9, 2),
    ]

    /// C9: the number that is wanted jumps to what the busy ones call for, of 20 requests each.
    @Test(arguments: wanted)
    func wantsRoomForABurst(requests: Int, threshold: Double, count: Int) {
        var scaler = scaler()
        let view = ScalingView(
            instances: [instance(0, .interactive, interactive: requests)], loadTime: .seconds(30))
        let decision = scaler.observe(
            view, threshold: threshold, hasBatchBacklog: false, at: .zero)
        let reason = ScalingReason.tooLittleHeadroom(wanted: count)
        #expect(decision == (count > 1 ? .add(count: count - 1, .interactive, reason) : .none))
    }

    /// Without instances the size that batches begin with counts: 32. What is added while batch
    /// requests wait can serve those too.
    @Test func beginsFromNothing() {
        var scaler = scaler()
        var view = ScalingView(instances: [], loadTime: .seconds(30))
        #expect(
            scaler.observe(view, threshold: 0.5, hasBatchBacklog: true, at: .zero)
                == .add(count: 1, .mixed, .belowMinimum))
        view.unplacedInteractive = 33
        #expect(
            scaler.observe(view, threshold: 0.5, hasBatchBacklog: true, at: .zero)
                == .add(count: 4, .mixed, .tooLittleHeadroom(wanted: 4)))
    }

    @Test func whatIsStartingIsThere() {
        var scaler = scaler()
        var fleet = ToyFleet([.interactive: 1])
        #expect(fleet.place(interactive: 20) == 0)
        func look() -> ScalingDecision {
            scaler.observe(fleet.view, threshold: 0.5, hasBatchBacklog: false, at: fleet.now)
        }
        #expect(look() == .add(count: 1, .interactive, .tooLittleHeadroom(wanted: 2)))
        fleet.apply(.add(count: 1, .interactive, .belowMinimum))
        #expect(look() == .none)
    }

    @Test func theMostIsTheMostOfAllClasses() {
        var scaler = scaler(most: 6)
        var fleet = ToyFleet([.interactive: 2, .batch: 2])
        _ = fleet.place(interactive: 40)
        func look() -> ScalingDecision {
            scaler.observe(fleet.view, threshold: 0.25, hasBatchBacklog: false, at: .zero)
        }
        for _ in 0..<2 { fleet.apply(look()) }
        #expect(fleet.view.instances.count { $0.instanceClass == .mixed } == 2)
        let decision = look()
        #expect(decision == .add(count: 2, .interactive, .tooLittleHeadroom(wanted: 8)))
        fleet.apply(decision)
        #expect(look() == .none)
    }

    /// One that drains is there at once.
    @Test func callsBackBeforeItAdds() {
        var scaler = scaler()
        let instances = [
            instance(0, .interactive, interactive: 20), instance(1, .mixed, .draining),
            instance(2, .interactive, .draining, interactive: 2), instance(3, .batch, .draining),
        ]
        let view = ScalingView(instances: instances, loadTime: .seconds(30))
        let decision = scaler.observe(view, threshold: 1, hasBatchBacklog: false, at: .zero)
        #expect(decision == .resume(InstanceID(2), .tooLittleHeadroom(wanted: 2)))
    }

    /// C10: three times the usual load within one load time finds room, where that was asked for.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func aBurstOfTheExpectedSizeDoesNotQueue(seed: UInt64) {
        #expect(queuedShare(threshold: 1.0 / 3, seed: seed) <= 0.01)
        #expect(queuedShare(threshold: 0.9, seed: seed) > 0.05)
    }

    /// Of the requests from the beginning of a burst of 30 s on, as many as find no room at once.
    private func queuedShare(threshold: Double, seed: UInt64) -> Double {
        var random = SplitMix64(seed: seed)
        var scaler = scaler()
        var fleet = ToyFleet([.interactive: 9])
        var leaving: [Double] = []
        var (arrivals, queued) = (0, 0)
        for second in 0..<400 {
            // 3 a second that stay for 20 s on average fill three instances.
            let rate = (300..<330).contains(second) ? 9 : 3
            let new = (0..<(4 * rate)).count { _ in Int.random(in: 0..<4, using: &random) == 0 }
            leaving.removeAll { $0 <= Double(second) }
            leaving += (0..<new).map { _ in
                Double(second) + .random(in: 0..<40, using: &random)
            }
            fleet.advance(to: at(Double(second)))
            let waiting = fleet.place(interactive: leaving.count)
            if second >= 300 { (arrivals, queued) = (arrivals + new, queued + min(new, waiting)) }
            fleet.apply(
                scaler.observe(
                    fleet.view, threshold: threshold, hasBatchBacklog: false, at: fleet.now))
        }
        return Double(queued) / Double(arrivals)
    }

    /// C11: a load that stays leaves the instances alone, wherever the threshold is.
    @Test(arguments: 1...40)
    func aSteadyLoadHasASteadyAnswer(step: Int) {
        for load in [1, 7, 20, 33, 100, 250] {
            var scaler = scaler()
            var fleet = ToyFleet([.mixed: 1])
            for second in stride(from: 0.0, to: 600, by: 5) {
                fleet.advance(to: at(second))
                scaler.settle(&fleet, load, Double(step) / 40)
            }
            #expect(fleet.decisions.count <= 1)
        }
    }

    /// C11: neither does one that changes by what chance makes of it.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func aNoisyLoadHasASteadyAnswer(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var scaler = scaler()
        var fleet = ToyFleet([.mixed: 1])
        for second in stride(from: 0.0, to: 3600, by: 1) {
            fleet.advance(to: at(second))
            let load = random.bits(of: 4)
            scaler.settle(&fleet, load, 0.37)
        }
        // The peaks are found in steps; then nothing moves.
        #expect(fleet.decisions.count <= 4)
        for decision in fleet.decisions {
            if case .add = decision { continue }
            Issue.record("\(decision)")
        }
    }

    /// C11: when the load is gone, one goes in each linger: here three load times.
    @Test func goesOneByOne() {
        var scaler = scaler()
        var fleet = ToyFleet([.mixed: 6])
        var removals: [Double] = []
        for second in stride(from: 0.0, to: 1000, by: 1) {
            fleet.advance(to: at(second))
            let before = fleet.decisions.count
            scaler.settle(&fleet, 10, 0.5)
            if fleet.decisions.count > before { removals.append(second) }
        }
        #expect(removals == [90, 180, 270, 360])
        #expect(fleet.count(.mixed) == 2)
    }

    @Test func aPeakStartsTheLingerAnew() {
        var scaler = scaler()
        var fleet = ToyFleet([.mixed: 4])
        for second in stride(from: 0.0, to: 170, by: 1) {
            fleet.advance(to: at(second))
            scaler.settle(&fleet, second == 80 ? 40 : 1, 0.5)
        }
        #expect(fleet.decisions == [])
        fleet.advance(to: at(171))
        scaler.settle(&fleet, 1, 0.5)
        #expect(fleet.decisions == [.remove(InstanceID(1), .tooMuchHeadroom(wanted: 2))])
    }

    @Test func theIdlestGoes() {
        var scaler = scaler()
        let instances = [
            instance(0, .interactive, interactive: 1), instance(1, .mixed, batch: 5),
            instance(2, .interactive), instance(3, .mixed), instance(4, .batch),
        ]
        let view = ScalingView(instances: instances, loadTime: .seconds(1))
        var decisions: [ScalingDecision] = []
        for second in 0...60 {
            decisions.append(
                scaler.observe(
                    view, threshold: 1, hasBatchBacklog: false, at: at(Double(second))))
        }
        #expect(decisions.last == .remove(InstanceID(2), .tooMuchHeadroom(wanted: 1)))
        #expect(decisions.dropLast().allSatisfy { $0 == .none })
    }

    /// C18: one instance that is not heard of keeps all of them; what is heard may still add.
    @Test func silenceNeverRemoves() {
        var scaler = scaler()
        var fleet = ToyFleet([.mixed: 6])
        for second in stride(from: 0.0, to: 1000, by: 1) {
            fleet.advance(to: at(second))
            fleet.view.instances[5].load = nil
            scaler.settle(&fleet, 5, 1)
        }
        #expect(fleet.decisions == [])
        for place in fleet.view.instances.indices { fleet.view.instances[place].load = nil }
        scaler.settle(&fleet, 0, 0.5)
        #expect(fleet.decisions == [])
        for place in 0..<3 {
            fleet.view.instances[place].load = .init(interactiveRunning: 20)
        }
        fleet.view.instances[0].load = .init(interactiveRunning: 20, interactiveWaiting: 20)
        scaler.settle(&fleet, nil, 0.5)
        #expect(fleet.decisions.count == 1)
    }

    /// What drains still needs its room elsewhere.
    @Test func theLoadOfWhatDrainsCounts() {
        var scaler = scaler()
        let view = ScalingView(
            instances: [
                instance(0, .mixed, interactive: 20),
                instance(1, .mixed, .draining, interactive: 15),
            ], loadTime: .seconds(1))
        let decision = scaler.observe(view, threshold: 1, hasBatchBacklog: false, at: .zero)
        #expect(decision == .resume(InstanceID(1), .tooLittleHeadroom(wanted: 2)))
    }
}

extension InteractiveScaler {
    /// Looks once and acts; `nil` leaves the load where it is.
    fileprivate mutating func settle(_ fleet: inout ToyFleet, _ load: Int?, _ threshold: Double) {
        if let load { fleet.view.unplacedInteractive = fleet.place(interactive: load) }
        fleet.apply(
            observe(fleet.view, threshold: threshold, hasBatchBacklog: false, at: fleet.now))
    }
}
