import Domain
import Simulation
import Testing

struct FaultPlanTests {
    @Test func faultsAreInOrderOfTime() {
        let kind = Fault.Kind.death(InstanceID(0))
        let after = Fault(.afterEffect(.load, count: 1, delay: .zero), kind)
        let plan = FaultPlan([
            after, Fault(.at(.seconds(2)), kind), Fault(.at(.seconds(1)), kind),
        ])
        #expect(
            plan.faults.map(\.trigger) == [.at(.seconds(1)), .at(.seconds(2)), after.trigger])
        #expect(FaultPlan.none.faults.isEmpty)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func randomPlansStayWithinTheirLimits(seed: UInt64) {
        var wanted = RandomFaults(horizon: .seconds(60))
        wanted.allowsDeath = seed.isMultiple(of: 2)
        let plan = FaultPlan(drawing: wanted, seed: seed, instances: 3)
        #expect(plan == FaultPlan(drawing: wanted, seed: seed, instances: 3))
        #expect(plan.faults.count <= wanted.most)
        var deaths = 0
        for fault in plan.faults {
            if case .at(let time) = fault.trigger {
                #expect((.zero...wanted.horizon).contains(time))
            }
            if case .death(let instance) = fault.kind {
                #expect(instance.index < 3)
                deaths += 1
            }
        }
        #expect(deaths <= (wanted.allowsDeath ? 2 : 0))
    }

    @Test func everyKindOfFaultIsDrawn() {
        var names: Set<String> = []
        var wanted = RandomFaults(horizon: .seconds(60))
        wanted.allowsDeath = true
        for seed in 0..<100 as Range<UInt64> {
            for fault in FaultPlan(drawing: wanted, seed: seed, instances: 4).faults {
                names.insert(String(describing: fault.kind).prefix { $0 != "(" }.description)
                names.insert(String(describing: fault.trigger).prefix { $0 != "(" }.description)
            }
        }
        #expect(
            names == [
                "slowInstance", "slowLink", "lostLink", "failure", "lateAnswers", "death", "at",
                "afterEffect",
            ])
    }
}
