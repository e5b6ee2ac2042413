internal import Domain
internal import Scheduling

extension Cell {
    /// Asks a group for steps until it has enough in flight.
    mutating func plan(_ group: GroupID, _ effects: inout [Effect]) {
        while true {
            schedulingEvents.removeAll(keepingCapacity: true)
            let step = groups[group.index].planStep(
                id: StepID(stepsPlanned), table: &table, events: &schedulingEvents)
            for event in schedulingEvents { report(event, &effects) }
            guard let step else { return }
            stepsPlanned &+= 1
            effects.append(.runStep(step))
        }
    }

    private func report(_ event: SchedulingEvent, _ effects: inout [Effect]) {
        switch event {
        case .started(let id, let cached):
            effects.append(.started(id, cachedTokens: cached))
        case .preempted(let id, let lost):
            effects.append(.note(.preempted(id, lostTokens: lost)))
        }
    }

    mutating func finish(_ step: Step, _ sampled: [TokenID], _ effects: inout [Effect]) {
        outcomes.removeAll(keepingCapacity: true)
        groups[step.group.index].finish(
            step, sampled: sampled, table: &table, outcomes: &outcomes)
        for outcome in outcomes { apply(outcome, &effects) }
        plan(step.group, &effects)
    }

    private mutating func apply(_ outcome: SequenceOutcome, _ effects: inout [Effect]) {
        switch outcome {
        case .generated(let id, let token):
            effects.append(.emit(id, token))
        case .ended(let id, let token, let reason):
            effects.append(.emit(id, token))
            effects.append(.finished(id, reason, table[id].usage))
            sequences[table[id].request] = nil
            release(id, &effects)
        case .left(let id):
            release(id, &effects)
        }
    }

    /// The sequences of a failed step end; everything else goes on.
    mutating func fail(_ step: Step, _ message: String, _ effects: inout [Effect]) {
        for id in groups[step.group.index].abandon(step, table: &table) {
            if table[id].phase == .leaving {
                groups[step.group.index].drop(id, from: &table)
                release(id, &effects)
            } else {
                end(id, .failed(message), &effects)
            }
        }
        plan(step.group, &effects)
    }

    /// Traps unless all books balance. Complexity: O(blocks + sequences).
    package func checkInvariants() {
        for group in groups { group.checkInvariants(table: table) }
        let queued = groups.reduce(0) { $0 + $1.running.count + $1.waitingCount }
        precondition(queued == table.count, "\(queued) in groups, \(table.count) in the table")
        for (request, id) in sequences {
            precondition(table[id].request == request && table[id].phase != .leaving)
        }
    }
}
