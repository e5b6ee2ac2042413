internal import Domain
internal import Planning
internal import Scheduling

/// Instances that come and go because an operator wants it, or because a drop bridges the time
/// until they are there.
extension Cell {
    /// All of them or none: an operator who hears of less than was asked for would have to ask what
    /// has become of the rest.
    mutating func addInstances(_ count: Int, _ now: Instant, _ effects: inout [Effect]) {
        precondition(count > 0, "\(count) instances are no addition")
        let startable = roster.nextToStart(memories.count, isLost: isLost)
        if isDraining {
            refuse(.addInstances(count), "the server is about to stop", &effects)
        } else if startable.count < count {
            let reason =
                "of the \(memories.count) instances that there may be, \(startable.count) can be "
                + "started now"
            refuse(.addInstances(count), reason, &effects)
        } else {
            let chosen = roster.nextToStart(count, isLost: isLost)
            start(chosen, .command, now, &effects)
        }
    }

    mutating func removeInstance(
        _ instance: InstanceID, _ now: Instant, _ effects: inout [Effect]
    ) {
        if let reason = leavingRefusal(of: instance) ?? minimumRefusal {
            refuse(.removeInstance(instance), reason, &effects)
        } else {
            startLeaving(instance, .command, now, &effects)
        }
    }

    /// Where instances follow the load, one that is below the minimum would come back at once.
    private var minimumRefusal: String? {
        guard autoscaler != nil else { return nil }
        let least = configuration.autoscaling.minimumInstances
        let staying = roster.presentCount - roster.leaving.count
        return staying > least ? nil : "there must be \(least) at least"
    }

    /// Orders instances for what a drop makes room for at once, where instances follow the load:
    /// the drop bridges the time until they are there. One at least: a drop that is in time comes
    /// before anything is missing.
    mutating func orderBridged(
        _ missing: BlockCount, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard autoscaler != nil else { return }
        let each = max(1, stores[0].baseCount)
        let wanted = max(1, (missing + each - 1) / each)
        let room = configuration.autoscaling.maximumInstances - roster.presentCount
        let count = min(wanted, room) - roster.startingCount
        if count > 0 { startInstances(count, .overload(wanted: wanted), now, &effects) }
    }
}
