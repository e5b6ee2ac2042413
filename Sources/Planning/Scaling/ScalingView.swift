package import Domain

/// What scaling policies see of a cell at one moment.
package struct ScalingView: Hashable, Sendable {
    /// Ascending by id.
    package var instances: [ScalableInstance]
    /// From the order of an instance to its first request.
    package var loadTime: Duration
    /// Interactive requests that are on no instance yet.
    package var unplacedInteractive: Int
    /// Tokens that a batch instance of its own generates per second; `nil` where none has run.
    package var batchTokensPerSecond: Double?
    /// Instances that packing has left empty for as long as the linger, and does not plan to fill.
    package var leftEmpty: [InstanceID] = []

    /// Instances that could be ordered now.
    package var startable: Int

    package init(
        instances: [ScalableInstance], loadTime: Duration, unplacedInteractive: Int = 0,
        batchTokensPerSecond: Double? = nil, startable: Int = .max
    ) {
        self.startable = startable
        self.instances = instances
        self.loadTime = loadTime
        self.unplacedInteractive = unplacedInteractive
        self.batchTokensPerSecond = batchTokensPerSecond
    }
}

extension ScalingView {
    /// How many instances may be added; one that drains still has its place.
    func room(below maximum: Int) -> Int { max(0, min(maximum - instances.count, startable)) }
}

/// One instance as scaling policies see it.
package struct ScalableInstance: Hashable, Sendable {
    package var id: InstanceID
    package var instanceClass: InstanceClass
    package var phase: Phase
    /// The most sequences it runs at once now.
    package var batchSize: Int
    /// Tokens that it generates per second when its batch is full; `nil` where it never was.
    package var tokensPerSecond: Double?
    /// `nil` when its last report is too old. One that starts has none and lacks none.
    package var load: Load?

    package enum Phase: Hashable, Sendable {
        /// Ordered, and there at that time if all goes well.
        case starting(ready: Instant)
        case serving
        /// Takes nothing new and goes when it is empty; may be called back until then.
        case draining
    }

    package struct Load: Hashable, Sendable {
        package var interactiveRunning: Int
        package var interactiveWaiting: Int
        package var batchRunning: Int
        /// Steps that its sequences can go on for (Llumnix' freeness, for requests of normal
        /// priority): infinite without sequences, below zero when more wait than fit.
        package var freeness: Double

        package init(
            interactiveRunning: Int = 0, interactiveWaiting: Int = 0, batchRunning: Int = 0,
            freeness: Double = .infinity
        ) {
            self.interactiveRunning = interactiveRunning
            self.interactiveWaiting = interactiveWaiting
            self.batchRunning = batchRunning
            self.freeness = freeness
        }

        package var interactive: Int { interactiveRunning + interactiveWaiting }
        package var running: Int { interactiveRunning + batchRunning }
    }

    package init(
        _ id: InstanceID, _ instanceClass: InstanceClass, _ phase: Phase = .serving,
        batchSize: Int, tokensPerSecond: Double? = nil, load: Load?
    ) {
        self.id = id
        self.instanceClass = instanceClass
        self.phase = phase
        self.batchSize = batchSize
        self.tokensPerSecond = tokensPerSecond
        self.load = load
    }
}

extension ScalableInstance {
    /// Its load is known, so that less may be concluded from it, not only more.
    var isHeard: Bool { isStarting || load != nil }

    private var isStarting: Bool { if case .starting = phase { true } else { false } }

    /// Who goes first: the one with the fewest sequences to move, then the lowest id.
    static func leavesBefore(_ left: Self, _ right: Self) -> Bool {
        let (leftLoad, rightLoad) = (left.load ?? Load(), right.load ?? Load())
        return (leftLoad.interactive, leftLoad.running, left.id)
            < (rightLoad.interactive, rightLoad.running, right.id)
    }
}
