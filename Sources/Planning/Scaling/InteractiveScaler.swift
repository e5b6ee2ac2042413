package import Domain

/// How many interactive and mixed instances there are: so many that a burst finds room at once,
/// since an instance that is ordered during the burst comes too late (Chiron §5.1).
///
/// Backpressure is the share of these instances that are busy with interactive requests; the
/// threshold (Theta) is the share at which a burst still fits: 1/3 for three times the usual load.
/// Steps of one instance around a threshold that is no 1/k would never end, so the number is set
/// to what the busy ones call for, `busy / threshold`. Busy are as many as the load fills when
/// packed; how the dispatcher spreads it does not matter. A load that varies calls for a range of
/// numbers, and any of them will do.
package struct InteractiveScaler: Hashable, Sendable {
    package let configuration: AutoscalingConfiguration
    private var surplusSince: Instant?

    package init(_ configuration: AutoscalingConfiguration) {
        self.configuration = configuration
    }

    /// To be called at every `scalingInterval`. Complexity: O(instances).
    ///
    /// - Parameters:
    ///   - threshold: above 0 and at most 1, such as `BurstRatio.threshold`.
    ///   - hasBatchBacklog: batch requests wait, so that what is added had better be mixed.
    package mutating func observe(
        _ view: ScalingView, threshold: Double, hasBatchBacklog: Bool, at now: Instant
    ) -> ScalingDecision {
        precondition(threshold > 0 && threshold <= 1, "a threshold that is no share")
        let pool = view.instances.filter { $0.instanceClass.serves(.interactive) }
        let existing = pool.count { $0.phase != .draining }
        let wanted = wantedCounts(pool, unplaced: view.unplacedInteractive, threshold)
        // What is not heard of may be busy.
        if existing > wanted.upperBound, pool.allSatisfy(\.isHeard) {
            let linger = configuration.linger(loadTime: view.loadTime)
            return shrink(pool, to: wanted.upperBound, linger, at: now)
        }
        surplusSince = nil
        guard existing < wanted.lowerBound else { return .none }
        return grow(pool, view, to: wanted.lowerBound, isMixed: hasBatchBacklog)
    }

    /// The share of interactive and mixed instances that run at least one interactive request
    /// (IBP); those that drain do not count. `nil` where there are none.
    package static func backpressure(of view: ScalingView) -> Double? {
        let pool = view.instances.filter {
            $0.instanceClass.serves(.interactive) && $0.phase != .draining
        }
        guard !pool.isEmpty else { return nil }
        let busy = pool.count { $0.load.map { $0.interactiveRunning > 0 } ?? false }
        return Double(busy) / Double(pool.count)
    }
}

extension InteractiveScaler {
    /// From what the load calls for now to what it would if it were greater by the hysteresis.
    private func wantedCounts(
        _ pool: [ScalableInstance], unplaced: Int, _ threshold: Double
    ) -> ClosedRange<Int> {
        let requests = pool.reduce(unplaced) { $0 + ($1.load?.interactive ?? 0) }
        let batchSize = meanBatchSize(of: pool)
        let load = Double(requests) / batchSize
        let hysteresis = max(
            0, configuration.busyHysteresis,
            configuration.busyDeviations * Double(requests).squareRoot() / batchSize)
        return wantedCount(load, threshold)...wantedCount(load + hysteresis, threshold)
    }

    private func wantedCount(_ load: Double, _ threshold: Double) -> Int {
        // Rounding errors must not cost an instance.
        let wanted = (load.rounded(.up) / threshold - 1e-9).rounded(.up)
        return max(configuration.minimumInstances, Int(min(wanted, Double(Int32.max))))
    }

    private func meanBatchSize(of pool: [ScalableInstance]) -> Double {
        let sizes = pool.compactMap { $0.phase == .draining ? nil : $0.batchSize }
        guard !sizes.isEmpty else { return Double(configuration.firstBatchSize) }
        return max(1, Double(sizes.reduce(0, +)) / Double(sizes.count))
    }

    private func grow(
        _ pool: [ScalableInstance], _ view: ScalingView, to wanted: Int, isMixed: Bool
    ) -> ScalingDecision {
        let isMinimum = wanted == configuration.minimumInstances
        let reason = isMinimum ? ScalingReason.belowMinimum : .tooLittleHeadroom(wanted: wanted)
        let draining = pool.filter { $0.phase == .draining }
        if let last = draining.max(by: ScalableInstance.leavesBefore) {
            return .resume(last.id, reason)
        }
        // What it runs gives way; should its deadlines need another, there is time to order one.
        let batch = view.instances.first { $0.instanceClass == .batch && $0.phase == .serving }
        if let batch { return .convert(batch.id, to: .mixed, reason) }
        let missing = wanted - pool.count
        let count = min(missing, view.room(below: configuration.maximumInstances))
        return count > 0 ? .add(count: count, isMixed ? .mixed : .interactive, reason) : .none
    }

    /// One instance for each linger in which there were too many all the time.
    private mutating func shrink(
        _ pool: [ScalableInstance], to wanted: Int, _ linger: Duration, at now: Instant
    ) -> ScalingDecision {
        let since = surplusSince ?? now
        surplusSince = since
        guard now - since >= linger else { return .none }
        let candidates = pool.filter { $0.phase != .draining }
        guard let first = candidates.min(by: ScalableInstance.leavesBefore) else { return .none }
        surplusSince = now
        return .remove(first.id, .tooMuchHeadroom(wanted: wanted))
    }
}
