internal import Domain
internal import Scheduling

extension Cell {
    /// Asks a group for steps until it has enough in flight.
    mutating func plan(_ group: GroupID, _ effects: inout [Effect]) {
        guard groups.contains(group) else { return }
        while groups[group].stepsInFlight < groups[group].maxStepsInFlight {
            schedulingEvents.clear()
            let planned = groups[stepping: group].planStep(
                id: StepID(stepsPlanned), table: &table, stores: &stores,
                events: &schedulingEvents)
            for event in schedulingEvents { report(event, of: group, &effects) }
            switch consume planned {
            case .step(let step):
                stepsPlanned &+= 1
                effects.append(.runStep(step))
            case .again: continue
            case .nothing: return
            }
        }
    }

    /// Plans a group that has sequences waiting and no step whose end would bring it on.
    mutating func planIfIdle(_ group: GroupID, _ effects: inout [Effect]) {
        guard groups[group].stepsInFlight == 0, groups[group].waitingCount > 0 else { return }
        plan(group, &effects)
    }

    private mutating func report(
        _ event: SchedulingEvent, of group: GroupID, _ effects: inout [Effect]
    ) {
        switch event {
        case .started(let id, let cached):
            effects.append(.started(id, cachedTokens: cached))
        case .preempted(let id, let lost):
            abortRelocation(of: id)
            effects.append(.note(.preempted(id, lostTokens: lost)))
        case .evicting(let id):
            abortRelocation(of: id)
            evict(id, from: group, &effects)
        }
    }

    mutating func finish(
        _ step: StepID, of group: GroupID, _ sampled: [TokenID], _ now: Instant,
        _ effects: inout [Effect]
    ) {
        outcomes.clear()
        // Steps of a group that has lost a member count for nothing, whenever they end.
        guard groups.contains(group),
            groups[stepping: group].finish(
                step, sampled: sampled, table: &table, stores: &stores, outcomes: &outcomes)
        else {
            effects.append(.note(.lateStep(step)))
            return
        }
        if autoscaler != nil || !paces.isEmpty { noteStep(of: group) }
        for index in outcomes.indices { apply(outcomes[index], &effects) }
        finishStalled(in: group, now, &effects)
        sendStalled(from: group, &effects)
        plan(group, &effects)
    }

    private mutating func apply(_ outcome: SequenceOutcome, _ effects: inout [Effect]) {
        switch outcome {
        case .generated(let id, let token):
            effects.append(.emit(id, token))
        case .ended(let id, let token, let ending):
            let reason = ending == .length ? FinishReason.length : .stopToken(token)
            effects.append(.emit(id, token))
            effects.append(.finished(id, reason, table[id].usage))
            sequences[table[id].request] = nil
            abortRelocation(of: id)
            forgetSwapped(id)
            release(id, &effects)
        case .left(let id):
            release(id, &effects)
        }
    }

    /// The sequences of a failed step end; everything else goes on.
    mutating func fail(
        _ step: StepID, of group: GroupID, _ message: String, _ effects: inout [Effect]
    ) {
        guard groups.contains(group), groups[group].isInFlight(step) else {
            effects.append(.note(.lateStep(step)))
            return
        }
        for id in groups[group].abandon(step, table: &table) {
            if table[id].phase != .leaving {
                end(id, .failed(message), &effects)
            } else if !table[id].isInFlight {
                groups[group].remove(id, from: &table, &stores)
                release(id, &effects)
            }
        }
        plan(group, &effects)
    }

    /// Keeps a group from admitting into so many spans, or lets it again.
    mutating func setAside(
        _ spans: BlockCount, in group: GroupID, _ effects: inout [Effect]
    ) {
        let isLess = spans < groups[group].setAside
        groups[group].setAside = spans
        if isLess { plan(group, &effects) }
    }
}
