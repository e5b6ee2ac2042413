internal import Cluster
internal import Domain

/// The faults of one run: those to come and those at work.
struct FaultBook: Sendable {
    private let faults: [Fault]
    private var timeline = EventQueue<Change>()
    /// Faults that wait for an effect, by number.
    private var waiting: [Int]
    /// By kind of effect: how often it has occurred.
    private var effectCounts: [Int]
    /// Faults at work, by number.
    private var active: [Int] = []
    /// By fault: operations that it still lets pass before one fails.
    private var passesLeft: [Int]
    /// By instance; the second in nanoseconds.
    private var slownesses: [Double]
    private var latenesses: [Int64]

    private enum Change: Sendable {
        case begin(Int)
        case end(Int)
    }

    /// What has just happened to the fault with this number.
    enum Moment: Sendable {
        case began(Int, Fault.Kind)
        case ended(Int)
    }

    init(_ plan: FaultPlan, instances: Int, from start: Instant) {
        faults = plan.faults
        passesLeft = Array(repeating: 0, count: faults.count)
        effectCounts = Array(repeating: 0, count: EffectKind.allCases.count)
        slownesses = Array(repeating: 1, count: instances)
        latenesses = Array(repeating: 0, count: instances)
        waiting = []
        for (number, fault) in faults.enumerated() {
            switch fault.trigger {
            case .at(let time): timeline.push(.begin(number), at: start + max(.zero, time))
            case .afterEffect: waiting.append(number)
            }
        }
    }

    /// When a fault begins or ends next.
    var nextTime: Instant? { timeline.nextTime }

    /// Lets the next fault begin or end.
    mutating func next() -> Moment? {
        guard let (now, change) = timeline.pop() else { return nil }
        switch change {
        case .begin(let number):
            begin(number, at: now)
            return .began(number, faults[number].kind)
        case .end(let number):
            active.removeAll { $0 == number }
            update(number)
            return .ended(number)
        }
    }

    private mutating func begin(_ number: Int, at now: Instant) {
        let kind = faults[number].kind
        active.append(number)
        if case .failure(_, .next(let turn)) = kind { passesLeft[number] = max(0, turn - 1) }
        if let duration = kind.duration {
            timeline.push(.end(number), at: now + max(.zero, duration))
        }
        update(number)
    }

    /// Reckons anew what the faults at work make of an instance.
    private mutating func update(_ number: Int) {
        switch faults[number].kind {
        case .slowInstance(let instance, _, _) where instance.index < slownesses.count:
            slownesses[instance.index] = active.reduce(1) { product, other in
                guard case .slowInstance(instance, let factor, _) = faults[other].kind
                else { return product }
                return product * max(factor, 1)
            }
        case .lateAnswers(let instance, _, _) where instance.index < latenesses.count:
            latenesses[instance.index] = active.reduce(0) { longest, other in
                guard case .lateAnswers(instance, let delay, _) = faults[other].kind
                else { return longest }
                return max(longest, delay.nanoseconds)
            }
        default: break
        }
    }
}

// MARK: - Effects

extension FaultBook {
    /// Whether a fault waits for an effect.
    var isWatching: Bool { !waiting.isEmpty }

    /// Counts an effect; faults that have waited for it begin after their delay.
    mutating func watch(_ effect: Effect, at now: Instant) {
        guard let kind = EffectKind(effect) else { return }
        effectCounts[kind.rawValue] += 1
        let count = effectCounts[kind.rawValue]
        let before = waiting
        waiting.removeAll(keepingCapacity: true)
        for number in before {
            if case .afterEffect(kind, let wanted, let delay) = faults[number].trigger,
                count >= wanted
            {
                timeline.push(.begin(number), at: now + max(.zero, delay))
            } else {
                waiting.append(number)
            }
        }
    }
}

// MARK: - Questions

extension FaultBook {
    /// How many times as long the instance takes for everything.
    func slowness(of instance: InstanceID) -> Double { slownesses[instance.index] }

    /// How many nanoseconds later the cell hears from the instance.
    func lateness(of instance: InstanceID) -> Int64 { latenesses[instance.index] }

    /// Why this operation fails, which is at its end; `nil` when it succeeds.
    mutating func failure(of operation: Fault.Operation) -> String? {
        guard !active.isEmpty else { return nil }
        var isFailing = false
        for number in active {
            guard case .failure(let wanted, let occasion) = faults[number].kind,
                wanted.contains(operation)
            else { continue }
            switch occasion {
            case .within: isFailing = true
            case .next where passesLeft[number] > 0: passesLeft[number] -= 1
            case .next:
                isFailing = true
                active.removeAll { $0 == number }
            }
        }
        return isFailing ? "a fault of the plan" : nil
    }
}
