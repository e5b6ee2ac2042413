import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

/// Instances that come and go in virtual time.
struct ScalingRunTests {
    /// Calm, a burst that one instance would have for long, and calm again.
    private static let arrivals =
        SimulatedRunTests.arrivals(3, every: .milliseconds(500))
        + SimulatedRunTests.arrivals(90, every: .milliseconds(10)).map {
            var later = $0
            later.time += .seconds(2)
            return later
        }

    private static func setup(
        _ policy: AutoscalingPolicy, _ overload: OverloadPolicy
    ) -> SimulationSetup {
        let cell = Fixtures.cell(overload, instances: 4) {
            $0.startInstances = 1
            $0.autoscaling.policy = policy
            $0.autoscaling.freenessBand = 10...60
            $0.autoscaling.maximumInstances = 4
            $0.autoscaling.scalingInterval = .milliseconds(100)
            $0.autoscaling.freenessPeriod = .milliseconds(200)
            $0.autoscaling.minimumLinger = .milliseconds(300)
            $0.autoscaling.lingerLoadTimes = 1
            $0.autoscaling.busyHysteresis = 0
            guard policy == .packing else { return }
            $0.dispatch = .pack
            $0.relocationPolicy = .mell
            $0.packing.linger = .milliseconds(300)
        }
        var costs = Fixtures.costs
        costs.instanceStart = .milliseconds(300)
        var setup = SimulationSetup(
            cell: cell.configuration, costs: costs, arrivals: Self.arrivals)
        setup.checks = .everyEvent
        return setup
    }

    @Test(arguments: [AutoscalingPolicy.freenessBand, .chiron], [OverloadPolicy.drop, .recompute])
    func aBurstBringsInstancesAndCalmTakesThem(
        policy: AutoscalingPolicy, overload: OverloadPolicy
    ) throws {
        let result = SimulatedRunTests.run(Self.setup(policy, overload))
        #expect(result.failures.isEmpty)
        #expect(result.count(of: .completed) == Self.arrivals.count)
        #expect(result.requests.allSatisfy { $0.outputTokens == 20 })
        let counters = result.counters
        #expect(counters.scaleOuts >= 1 && counters.scaleOuts <= counters.scaleIns)
        #expect(result.ending == .settled)
        #expect(try #require(result.samples.last).groups.count == 1)
        // Somewhere between the one of the start and all of them all the time.
        #expect(counters.instanceTime > result.duration)
        #expect(counters.instanceTime < result.duration * 4)
    }

    /// What packing leaves empty goes, and comes back for a queue.
    @Test func packingKeepsTheInstancesThatItUses() throws {
        let result = SimulatedRunTests.run(Self.setup(.packing, .recompute))
        #expect(result.failures.isEmpty)
        #expect(result.count(of: .completed) == Self.arrivals.count)
        let counters = result.counters
        #expect(counters.scaleOuts >= 1 && counters.scaleOuts == counters.scaleIns)
        #expect(result.ending == .settled)
        #expect(try #require(result.samples.last).groups.count == 1)
    }

    /// An order takes what the machine and the load take, and no instance serves before.
    @Test func anInstanceTakesTimeToStart() throws {
        let setup = Self.setup(.freenessBand, .recompute)
        let result = SimulatedRunTests.run(setup)
        let ordered = try #require(result.decisions.first { $0.kind == "scale_out" }).time
        let joined = try #require(result.decisions.first { $0.kind == "instance_joined" }).time
        let least = setup.costs.startTime(of: Fixtures.shape)
        #expect(least > .milliseconds(320))
        #expect(joined - ordered >= least && joined - ordered < least + .milliseconds(50))
    }

    @Test func withoutScalingAllInstancesArePaidFor() {
        let result = SimulatedRunTests.run(SimulatedRunTests.setup())
        #expect(result.counters.instanceTime == result.duration * 2)
        #expect(result.counters.scaleOuts == 0 && result.counters.scaleIns == 0)
    }

    /// Who dies while it starts does not come; who fails to start may be tried again.
    @Test func startsMayFail() {
        var setup = Self.setup(.freenessBand, .recompute)
        setup.cell.autoscaling.startRetryAfter = .milliseconds(300)
        setup.faults = FaultPlan([
            Fault(.at(.zero), .failure(.load(into: nil), .next(1))),
            Fault(.at(.milliseconds(3300)), .death(InstanceID(2))),
        ])
        let result = SimulatedRunTests.run(setup)
        #expect(result.failures.isEmpty)
        #expect(result.count(of: .completed) == Self.arrivals.count)
        #expect(result.decisions.contains { $0.kind == "instance_start_failed" })
        #expect(result.decisions.contains { $0.kind == "instance_joined" })
    }
}
