internal import Domain

/// Measures how well pipelines are filled: the time that their stages compute, and their bubbles,
/// which is time between two steps at a stage in which its group had a step elsewhere. Groups of
/// one have no bubbles, and it hears nothing of them.
struct PipelineClock: Sendable {
    private struct Stage: Sendable {
        var began: Instant
        var lastEnd: Instant
        /// The group's idle time by then.
        var idleByThen: Int64 = 0
    }

    private struct Group: Sendable {
        var stages: [Stage]
        var stepsInFlight = 0
        /// Since when no step has been in flight.
        var idleSince: Instant
        /// Nanoseconds in which no step was in flight.
        var idle: Int64 = 0
    }

    /// By id.
    private var groups: [Group?] = []
    private var busyNanoseconds: Int64 = 0
    private var bubbleNanoseconds: Int64 = 0

    var busy: Duration { .nanoseconds(busyNanoseconds) }
    var bubble: Duration { .nanoseconds(bubbleNanoseconds) }

    /// A group is formed or dissolved: its id stands for something else now.
    mutating func forget(_ group: GroupID) {
        if group.index < groups.count { groups[group.index] = nil }
    }

    /// A step begins its way.
    mutating func plan(_ step: Step, at now: Instant) {
        let index = step.group.index
        while groups.count <= index { groups.append(nil) }
        var group =
            groups[index].take()
            ?? Group(
                stages: Array(
                    repeating: Stage(began: now, lastEnd: now), count: step.stageCount),
                idleSince: now)
        if group.stepsInFlight == 0 { group.idle += now.nanoseconds - group.idleSince.nanoseconds }
        group.stepsInFlight += 1
        groups[index] = group
    }

    mutating func begin(_ run: StageRun, at now: Instant) {
        change(run) { group, _, bubble in
            let last = group.stages[run.stage]
            let gap = now.nanoseconds - last.lastEnd.nanoseconds
            bubble += max(0, gap - (group.idle - last.idleByThen))
            group.stages[run.stage].began = now
        }
    }

    /// A step leaves a stage; with the last one it is over.
    mutating func end(_ run: StageRun, at now: Instant) {
        change(run) { group, busy, _ in
            busy += now.nanoseconds - group.stages[run.stage].began.nanoseconds
            group.stages[run.stage].lastEnd = now
            group.stages[run.stage].idleByThen = group.idle
            guard run.isAtLastStage else { return }
            group.stepsInFlight -= 1
            if group.stepsInFlight == 0 { group.idleSince = now }
        }
    }

    private mutating func change(
        _ run: StageRun, _ body: (inout Group, _ busy: inout Int64, _ bubble: inout Int64) -> Void
    ) {
        let index = run.group.index
        guard index < groups.count, var group = groups[index].take() else { return }
        body(&group, &busyNanoseconds, &bubbleNanoseconds)
        groups[index] = group
    }
}
