internal import Domain

/// What faults a random plan may have.
package struct RandomFaults: Hashable, Sendable {
    /// Faults at most.
    package var most = 8
    /// No fault begins later.
    package var horizon: Duration
    /// No fault lasts longer.
    package var longest = Duration.seconds(10)
    /// Share of the faults that follow an effect instead of coming at some time.
    package var shareAfterEffects = 0.6
    /// Whether instances may die; one at least does not.
    package var allowsDeath = false

    package init(horizon: Duration) { self.horizon = horizon }
}

extension FaultPlan {
    /// Faults by chance for a cluster of so many instances; the same for the same arguments.
    package init(drawing wanted: RandomFaults, seed: UInt64, instances: Int) {
        precondition(instances > 0)
        var draw = FaultDraw(random: SplitMix64(seed: seed), instances: instances, wanted: wanted)
        self.init(draw.faults())
    }
}

private struct FaultDraw {
    var random: SplitMix64
    let instances: Int
    let wanted: RandomFaults
    var survivors = 0

    mutating func faults() -> [Fault] {
        survivors = instances
        return (0..<random.below(wanted.most + 1)).map { _ in
            let trigger = trigger()
            return Fault(trigger, kind())
        }
    }

    private mutating func trigger() -> Fault.Trigger {
        guard random.chance(wanted.shareAfterEffects) else {
            return .at(wanted.horizon * random.unit())
        }
        let kinds = EffectKind.allCases
        let kind = kinds[random.below(kinds.count)]
        let delay = random.chance(0.5) ? Duration.zero : duration(upTo: .seconds(1))
        return .afterEffect(kind, count: 1 + random.below(4), delay: delay)
    }

    private mutating func kind() -> Fault.Kind {
        let lasting = duration(upTo: wanted.longest)
        switch random.below(wanted.allowsDeath ? 11 : 10) {
        case 0: return .slowInstance(instance(), factor: factor(), lasting: lasting)
        case 1: return .slowLink(ends(), factor: factor(), lasting: lasting)
        case 2: return .lostLink(ends(), lasting: lasting)
        case 3, 4: return .failure(.memoryChange(of: anyInstance()), occasion(lasting))
        case 5, 6: return .failure(.load(into: anyInstance()), occasion(lasting))
        case 7, 8: return .failure(.transfer(into: anyInstance()), occasion(lasting))
        case 10 where survivors > 1:
            survivors -= 1
            return .death(instance())
        default:
            let delay = duration(upTo: .seconds(1))
            return .lateAnswers(instance(), by: delay, lasting: lasting)
        }
    }

    private mutating func instance() -> InstanceID { InstanceID(index: random.below(instances)) }

    private mutating func anyInstance() -> InstanceID? {
        random.chance(0.5) ? nil : instance()
    }

    private mutating func ends() -> LinkEnds {
        random.chance(0.3) ? .all : .pair(instance(), instance())
    }

    /// 1.1 to 100, small ones as often as large ones.
    private mutating func factor() -> Double {
        [1.1, 1.5, 2, 3, 5, 10, 30, 100][random.below(8)]
    }

    private mutating func occasion(_ lasting: Duration) -> Fault.Occasion {
        random.chance(0.6) ? .next(1 + random.below(4)) : .within(lasting)
    }

    /// From a 256th of `longest` on, all magnitudes equally often.
    private mutating func duration(upTo longest: Duration) -> Duration {
        longest * ((1 + random.unit()) / Double(2 << random.below(8)))
    }
}
