internal import Domain

/// Finds the bubbles of the pipelines that pass one instance: time between two steps of a group in
/// which the group had work, but this stage had none of it.
struct StageClock {
    private struct Last {
        var end: Instant
        var formation: UInt64
        /// The group's idle time when that step was planned.
        var groupIdle: Duration
    }

    /// By group: the last step here.
    private var last: [GroupID: Last] = [:]

    /// The bubble before a step that begins now. From when a step is planned until it ends its
    /// group is never idle, so the group's idle time between two steps here is what was added
    /// between planning the one and planning the other.
    func bubble(before order: StepOrder, at now: Instant) -> Duration {
        guard let last = last[order.step.group], last.formation == order.route.formation else {
            // The group's first step: the pipeline is being filled.
            return now - order.planned
        }
        return max(.zero, now - last.end - (order.groupIdle - last.groupIdle))
    }

    mutating func end(_ order: StepOrder, at now: Instant) {
        last[order.step.group] = Last(
            end: now, formation: order.route.formation, groupIdle: order.groupIdle)
    }
}
