internal import Domain

/// As many instances as packing has in use (Mell §VI-D): one that it has left empty for as long as
/// the linger goes, and one comes when requests wait for memory that those in use do not have.
///
/// Mell opens and closes at once and does not count the time that opening takes; the linger is what
/// that costs here.
package struct PackingScaler: Hashable, Sendable {
    package let configuration: AutoscalingConfiguration

    package init(_ configuration: AutoscalingConfiguration) {
        self.configuration = configuration
    }

    /// To be asked at every `scalingInterval`. Complexity: O(instances).
    package func decide(_ view: ScalingView) -> ScalingDecision {
        let existing = view.instances.count { $0.phase != .draining }
        let least = configuration.minimumInstances
        if existing < least { return add(view, count: least - existing, .belowMinimum) }
        let waiting = waitingForMemory(view)
        if waiting > 0 {
            let missing = count(for: waiting, view) - comingOrFree(view)
            return missing > 0 ? add(view, count: missing, .packedFull(waiting: waiting)) : .none
        }
        // The last ones go, for packing fills the first ones first.
        guard existing > least, let last = view.leftEmpty.max() else { return .none }
        return .remove(last, .leftEmpty)
    }

    /// Requests of instances that have more waiting than fits.
    private func waitingForMemory(_ view: ScalingView) -> Int {
        view.instances.reduce(0) { sum, instance in
            guard let load = instance.load, load.freeness < 0 else { return sum }
            return sum + load.interactiveWaiting
        }
    }

    /// Instances that so many requests fill.
    private func count(for requests: Int, _ view: ScalingView) -> Int {
        let batchSize = view.instances.map(\.batchSize).max() ?? 1
        return (requests + batchSize - 1) / max(1, batchSize)
    }

    /// What starts, and what serves with nothing on it, takes them.
    private func comingOrFree(_ view: ScalingView) -> Int {
        view.instances.count { instance in
            if case .starting = instance.phase { return true }
            let load = instance.load
            return instance.phase == .serving
                && load.map { $0.interactive + $0.batchRunning == 0 } ?? false
        }
    }

    /// One that drains is called back first.
    private func add(_ view: ScalingView, count: Int, _ reason: ScalingReason) -> ScalingDecision {
        if let draining = view.instances.first(where: { $0.phase == .draining }) {
            return .resume(draining.id, reason)
        }
        let count = min(count, view.room(below: configuration.maximumInstances))
        return count > 0 ? .add(count: count, .mixed, reason) : .none
    }
}
