package import Domain

/// How many batch instances there are: as few, and as late, as deadlines allow (Chiron §5.2).
///
/// Backpressure (BBP) is the number of request groups whose wait would miss their deadline. What
/// batch instances generate counts, what those will that are starting, and the room that mixed
/// instances lend. An instance is ordered when one ordered at a later look would come too late:
/// the work for batch instances is the same then, only less of it, for until then others help.
/// So a short burst that takes the lent room away orders nothing. It has no memory.
package struct BatchScaler: Hashable, Sendable {
    package let configuration: AutoscalingConfiguration

    package init(_ configuration: AutoscalingConfiguration) {
        self.configuration = configuration
    }

    /// To be called at every `scalingInterval`. Complexity: O(instances), and for each group
    /// O(instances that are starting).
    ///
    /// - Parameter backlog: ascending by deadline.
    package func decide(
        _ view: ScalingView, backlog: [RequestBacklog], lengths: LengthHistory, at now: Instant
    ) -> ScalingDecision {
        guard !backlog.isEmpty else { return retire(view) }
        if let unused = instanceToShare(view) {
            return .convert(unused, to: .mixed, .deadlines(groups: backlog.count))
        }
        let capacity = BatchCapacity(view, configuration, at: now)
        let (missing, groups) = demand(backlog, lengths, capacity, at: now)
        guard missing > 0 else { return .none }
        let draining = view.instances.filter {
            $0.instanceClass == .batch && $0.phase == .draining
        }
        if let last = draining.max(by: ScalableInstance.leavesBefore) {
            return .resume(last.id, .deadlines(groups: groups))
        }
        let count = min(missing, view.room(below: configuration.maximumInstances))
        return count > 0 ? .add(count: count, .batch, .deadlines(groups: groups)) : .none
    }

    /// An interactive instance where all are such: batch requests give way, so there is nothing to
    /// keep them out for. The one with the least to do.
    private func instanceToShare(_ view: ScalingView) -> InstanceID? {
        let isServed = view.instances.contains { $0.instanceClass.serves(.batch) }
        guard !isServed else { return nil }
        return view.instances.filter { $0.phase == .serving }
            .min(by: ScalableInstance.leavesBefore)?.id
    }

    /// The number of request groups that would miss their deadlines (BBP).
    package func backpressure(
        _ view: ScalingView, backlog: [RequestBacklog], lengths: LengthHistory, at now: Instant
    ) -> Int {
        let capacity = BatchCapacity(view, configuration, at: now)
        return demand(backlog, lengths, capacity, at: now).groups
    }

    /// Without batch work batch instances go as they get empty. One that is not heard of stays.
    private func retire(_ view: ScalingView) -> ScalingDecision {
        let idle = view.instances.first {
            $0.instanceClass == .batch && $0.phase != .draining && $0.isHeard
                && $0.load?.running ?? 0 == 0
        }
        return idle.map { .remove($0.id, .noBatchWork) } ?? .none
    }

    /// The fewest further instances with which every group gets what it can, and how many groups
    /// would miss their deadlines without them.
    private func demand(
        _ backlog: [RequestBacklog], _ lengths: LengthHistory, _ capacity: BatchCapacity,
        at now: Instant
    ) -> (instances: Int, groups: Int) {
        var (requests, instances, groups) = (0, 0, 0)
        for group in backlog {
            requests += group.count
            let tokens = lengths.tokens(of: requests, deviations: configuration.waitDeviations)
            let time = group.deadline - now - configuration.deadlineMargin
            guard let needed = capacity.shortage(of: tokens, within: time) else { continue }
            instances = max(instances, needed)
            groups += 1
        }
        return (instances, groups)
    }
}
