internal import Domain

/// Tokens that can be generated for batch requests in times to come.
struct BatchCapacity {
    /// Tokens per second of what serves now.
    private var serving = 0.0
    /// Of batch instances that are starting, and the time until they serve.
    private var starting: [(rate: Double, after: Duration)] = []
    /// Tokens per second of an instance that is not there yet; `nil` when nobody knows.
    private let perInstance: Double?
    private var isServed = false
    private let loadTime: Duration
    private let configuration: AutoscalingConfiguration

    init(_ view: ScalingView, _ configuration: AutoscalingConfiguration, at now: Instant) {
        self.configuration = configuration
        loadTime = view.loadTime
        perInstance = Self.rate(ofBatchInstanceIn: view)
        for instance in view.instances where instance.instanceClass.serves(.batch) {
            let full = instance.tokensPerSecond ?? perInstance ?? 0
            switch instance.phase {
            case .serving: serving += full * Self.lentShare(of: instance)
            case .starting(let ready) where instance.instanceClass == .batch:
                starting.append((rate: full, after: max(.zero, ready - now)))
            case .starting, .draining: continue
            }
            isServed = true
        }
    }

    /// What batch instances were seen to do, or else instances of any class.
    private static func rate(ofBatchInstanceIn view: ScalingView) -> Double? {
        if let rate = view.batchTokensPerSecond { return rate > 0 ? rate : nil }
        let rates = view.instances.compactMap(\.tokensPerSecond).filter { $0 > 0 }
        return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }

    /// How much of an instance batch requests have; of a mixed one what interactive requests
    /// leave, and nothing where that is not known.
    private static func lentShare(of instance: ScalableInstance) -> Double {
        guard instance.instanceClass == .mixed else { return 1 }
        guard let load = instance.load else { return 0 }
        return max(0, 1 - Double(load.interactive) / Double(max(1, instance.batchSize)))
    }

    /// Tokens within `time` from now without any further instance.
    private func generated(within time: Duration) -> Double {
        let seconds = max(.zero, time).seconds
        return starting.reduce(serving * seconds) {
            $0 + $1.rate * max(.zero, time - $1.after).seconds
        }
    }

    /// `nil` when so many tokens will be generated in time, now or after an order that can still
    /// wait; else the fewest instances that must be ordered now.
    ///
    /// With t until the deadline, t′ = t − load time for a new instance, r tokens per second for
    /// each and h held back, n instances are enough when
    ///
    ///     tokens <= generated(t) + (n + h) · r · t′
    ///
    /// Where t′ is nothing the deadline is lost to any order. What is late is then to be served
    /// within the grace that begins when a new instance could be there.
    func shortage(of tokens: Double, within time: Duration) -> Int? {
        var missing = tokens - generated(within: time)
        guard missing > 0 else { return nil }
        // Nothing is known of rates: one instance will tell.
        guard let perInstance else { return isServed ? nil : 1 }
        var left = time - loadTime
        if left > .zero {
            let held = Double(configuration.heldBackInstances)
            missing -= held * perInstance * left.seconds
            guard missing > 0 else { return nil }
        } else {
            left = max(configuration.lateGrace, .seconds(1))
            missing = max(0, tokens - generated(within: loadTime + left))
        }
        let count = (missing / (perInstance * left.seconds)).rounded(.up)
        return Int(min(count, Double(Int32.max)))
    }
}
