import Domain
import Planning
import Testing

/// How many groups a load like that of a conversation service needs. The bounds are those that
/// Mell's evaluation suggests; what is reached on longer runs lies well within.
struct PackingQualityTests {
    /// Sequences of about a thirtieth of a group: almost all are fragments.
    private var short: PackingWorkload {
        PackingWorkload(
            hosts: 20, capacity: 2700, arrivalsPerEpoch: 30, epochs: 90, warmUp: 40)
    }

    /// Sequences of about a quarter of a group: every class is populated.
    private var long: PackingWorkload {
        PackingWorkload(
            hosts: 30, lengthFactor: 25, arrivalsPerEpoch: 0.25, epochs: 500, warmUp: 300)
    }

    @Test func fewGroupsServeShortSequences() { expectFewGroups(short, margin: 1) }

    @Test func fewGroupsServeLongSequences() {
        let outcome = expectFewGroups(long, margin: 1)
        #expect(outcome.classes.allSatisfy { $0 > 0 })
    }

    @discardableResult
    private func expectFewGroups(
        _ workload: PackingWorkload, margin: Double
    ) -> PackingWorkload.Outcome {
        let mell = workload.run(.mell)
        #expect(mell.hosts <= 0.9 * workload.run(.loadBalance).hosts)
        #expect(mell.hosts <= workload.run(.worstFit).hosts)
        #expect(mell.hosts <= workload.run(.bestFit).hosts)
        #expect(mell.utilisation >= 0.88)
        #expect(mell.hosts <= 4.0 / 3 * mell.ideal + margin)
        #expect(mell.preemptions == 0 && mell.refusals == 0)
        return mell
    }
}
