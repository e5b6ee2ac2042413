import Domain
import Planning
import Testing

/// Instances come when memory lacks and go when packing has left them empty (Mell §VI).
struct PackingScalerTests {
    private func scaler(_ counts: ClosedRange<Int>) -> PackingScaler {
        var configuration = AutoscalingConfiguration()
        configuration.policy = .packing
        configuration.minimumInstances = counts.lowerBound
        configuration.maximumInstances = counts.upperBound
        return PackingScaler(configuration)
    }

    /// Each serves with so many running and waiting, in batches of ten.
    private func view(_ loads: [(running: Int, waiting: Int, freeness: Double)]) -> ScalingView {
        ScalingView(
            instances: loads.enumerated().map { index, load in
                ScalableInstance(
                    InstanceID(index: index), .mixed, batchSize: 10,
                    load: .init(
                        interactiveRunning: load.running, interactiveWaiting: load.waiting,
                        freeness: load.freeness))
            }, loadTime: .seconds(30))
    }

    @Test func theLastOfThoseLeftEmptyGoes() {
        var fleet = view([(5, 0, 9), (0, 0, .infinity), (0, 0, .infinity)])
        #expect(scaler(1...4).decide(fleet) == .none)
        fleet.leftEmpty = [InstanceID(index: 1), InstanceID(index: 2)]
        #expect(scaler(1...4).decide(fleet) == .remove(InstanceID(index: 2), .leftEmpty))
        #expect(scaler(3...4).decide(fleet) == .none)
    }

    /// As many come as what waits for memory fills; what waits for its turn only has room.
    @Test func whatWaitsForMemoryOrdersInstances() {
        let waiting = view([(10, 15, -3), (10, 4, 2)])
        #expect(scaler(1...8).decide(waiting) == .add(count: 2, .mixed, .packedFull(waiting: 15)))
        #expect(scaler(1...3).decide(waiting) == .add(count: 1, .mixed, .packedFull(waiting: 15)))
        #expect(scaler(1...2).decide(waiting) == .none)
        #expect(scaler(1...8).decide(view([(10, 15, 0.5)])) == .none)
    }

    /// What starts, and what has nothing to do, takes them.
    @Test func whatIsOnItsWayIsNotOrderedAgain() {
        var fleet = view([(10, 15, -3), (0, 0, .infinity)])
        #expect(scaler(1...8).decide(fleet) == .add(count: 1, .mixed, .packedFull(waiting: 15)))
        fleet.instances[1].phase = .starting(ready: .zero)
        fleet.instances[1].load = nil
        #expect(scaler(1...8).decide(fleet) == .add(count: 1, .mixed, .packedFull(waiting: 15)))
        fleet.instances[0].load?.interactiveWaiting = 10
        #expect(scaler(1...8).decide(fleet) == .none)
    }

    @Test func whatDrainsIsCalledBackFirst() {
        var fleet = view([(10, 5, -1), (2, 0, 8)])
        fleet.instances[1].phase = .draining
        let id = InstanceID(index: 1)
        #expect(scaler(1...8).decide(fleet) == .resume(id, .packedFull(waiting: 5)))
        fleet.instances[0].load?.interactiveWaiting = 0
        #expect(scaler(2...8).decide(fleet) == .resume(id, .belowMinimum))
    }

    @Test func fewerThanTheLeastAreMadeUpFor() {
        #expect(scaler(3...8).decide(view([(1, 0, 5)])) == .add(count: 2, .mixed, .belowMinimum))
    }
}
