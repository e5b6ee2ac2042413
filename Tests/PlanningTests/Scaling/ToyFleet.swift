import Domain
import Planning

/// Instances that do what they are told, each after its load time.
struct ToyFleet {
    var view: ScalingView
    private(set) var now = Instant.zero
    private(set) var decisions: [ScalingDecision] = []
    private var nextID = 0
    let batchSize: Int
    let rate: Double?

    init(
        _ counts: [InstanceClass: Int] = [:], loadTime: Duration = .seconds(30),
        batchSize: Int = 20, rate: Double? = nil
    ) {
        view = ScalingView(instances: [], loadTime: loadTime, batchTokensPerSecond: rate)
        self.batchSize = batchSize
        self.rate = rate
        for kind in InstanceClass.allCases {
            for _ in 0..<(counts[kind] ?? 0) { add(kind, .serving, load: .init()) }
        }
    }

    private mutating func add(
        _ kind: InstanceClass, _ phase: ScalableInstance.Phase, load: ScalableInstance.Load?
    ) {
        view.instances.append(
            ScalableInstance(
                InstanceID(index: nextID), kind, phase, batchSize: batchSize,
                tokensPerSecond: rate, load: load))
        nextID += 1
    }

    mutating func apply(_ decision: ScalingDecision) {
        if decision != .none { decisions.append(decision) }
        switch decision {
        case .none: return
        case .add(let count, let kind, _):
            let ready = now + view.loadTime
            for _ in 0..<count { add(kind, .starting(ready: ready), load: nil) }
        case .convert(let id, let kind, _):
            for place in view.instances.indices where view.instances[place].id == id {
                view.instances[place].instanceClass = kind
            }
        case .remove(let id, _): set(id, .draining)
        case .resume(let id, _): set(id, .serving)
        }
    }

    private mutating func set(_ id: InstanceID, _ phase: ScalableInstance.Phase) {
        for place in view.instances.indices where view.instances[place].id == id {
            view.instances[place].phase = phase
        }
    }

    /// Instances become ready, and those that drain and run nothing are gone.
    mutating func advance(to now: Instant) {
        self.now = now
        for place in view.instances.indices {
            guard case .starting(let ready) = view.instances[place].phase, ready <= now else {
                continue
            }
            view.instances[place].phase = .serving
            view.instances[place].load = .init()
        }
        view.instances.removeAll { $0.phase == .draining && $0.load?.running ?? 0 == 0 }
    }

    /// Packs interactive requests onto serving instances; what does not fit is returned.
    mutating func place(interactive requests: Int) -> Int {
        var left = requests
        for place in view.instances.indices where view.instances[place].phase == .serving {
            guard view.instances[place].instanceClass.serves(.interactive) else { continue }
            let here = min(left, batchSize)
            view.instances[place].load?.interactiveRunning = here
            left -= here
        }
        return left
    }

    func count(_ kind: InstanceClass) -> Int {
        view.instances.count { $0.instanceClass == kind && $0.phase != .draining }
    }
}
