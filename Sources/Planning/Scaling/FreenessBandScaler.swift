package import Domain

/// How many instances there are by their average freeness, which is kept within a band (Llumnix
/// §4.4): below it for a while, one is added; above it for a while even without the one that runs
/// the fewest sequences, that one goes. All classes are alike.
///
/// What is starting says nothing of the average, so while a load needs many instances they are
/// ordered one for each period, and some more than needed.
package struct FreenessBandScaler: Hashable, Sendable {
    package let configuration: AutoscalingConfiguration
    private var lowSince: Instant?
    private var highSince: Instant?

    package init(_ configuration: AutoscalingConfiguration) {
        self.configuration = configuration
    }

    /// To be called at every `scalingInterval`. Complexity: O(instances).
    package mutating func observe(_ view: ScalingView, at now: Instant) -> ScalingDecision {
        let existing = view.instances.count { $0.phase != .draining }
        if existing < configuration.minimumInstances {
            return add(view, count: configuration.minimumInstances - existing, .belowMinimum)
        }
        let serving = view.instances.filter { $0.phase == .serving }
        let first = serving.min(by: Self.leavesBefore)
        let isLow = average(serving).map { $0 < configuration.freenessBand.lowerBound } ?? false
        let isHigh = first.map { isAbove(serving, without: $0.id) } ?? false
        lowSince = isLow ? lowSince ?? now : nil
        highSince = isHigh && existing > configuration.minimumInstances ? highSince ?? now : nil
        if hasLasted(lowSince, at: now) {
            lowSince = now
            return add(view, count: 1, .freenessLow)
        }
        guard hasLasted(highSince, at: now), let first else { return .none }
        highSince = now
        return .remove(first.id, .freenessHigh)
    }

    private func hasLasted(_ since: Instant?, at now: Instant) -> Bool {
        since.map { now - $0 >= configuration.freenessPeriod } ?? false
    }

    /// Of the instances that were heard of.
    private func average(_ instances: [ScalableInstance]) -> Double? {
        let known = instances.compactMap { $0.load?.freeness }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// Nothing goes while some instance is not heard of.
    private func isAbove(_ serving: [ScalableInstance], without gone: InstanceID) -> Bool {
        guard serving.allSatisfy(\.isHeard) else { return false }
        let rest = average(serving.filter { $0.id != gone })
        return rest.map { $0 > configuration.freenessBand.upperBound } ?? false
    }

    private static func leavesBefore(_ left: ScalableInstance, _ right: ScalableInstance) -> Bool {
        (left.load?.running ?? 0, left.id) < (right.load?.running ?? 0, right.id)
    }

    /// One that drains is called back first.
    private func add(
        _ view: ScalingView, count: Int, _ reason: ScalingReason
    ) -> ScalingDecision {
        if let draining = view.instances.first(where: { $0.phase == .draining }) {
            return .resume(draining.id, reason)
        }
        let count = min(count, view.room(below: configuration.maximumInstances))
        return count > 0 ? .add(count: count, .mixed, reason) : .none
    }
}
