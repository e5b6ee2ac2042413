internal import Domain
internal import Planning
internal import Scheduling

/// What an operator asks for.
extension Cell {
    mutating func carryOut(
        _ command: Command, _ now: Instant, _ effects: inout [Effect]
    ) {
        switch command {
        case .drop(let freeing): drop(freeing, now, &effects)
        case .restore: restore(now, &effects)
        case .drain(let instance): drain(instance, now, &effects)
        case .addInstances(let count): addInstances(count, now, &effects)
        case .removeInstance(let instance): removeInstance(instance, now, &effects)
        }
    }

    func refuse(_ command: Command, _ reason: String, _ effects: inout [Effect]) {
        effects.append(.note(.commandRefused(command, reason)))
    }

    /// Why parameters may not change now, whatever the load.
    private var dropRefusal: String? {
        let policy = configuration.overloadPolicy
        return policy == .drop ? nil : "the overload policy is \(policy.rawValue), not drop"
    }

    private mutating func drop(
        _ freeing: ByteCount?, _ now: Instant, _ effects: inout [Effect]
    ) {
        let groups = plannableGroups
        let plan =
            freeing.map { planner.plan(groups, freeing: $0) } ?? planner.smallestMerge(groups)
        if let reason = dropRefusal {
            refuse(.drop(freeing: freeing), reason, &effects)
        } else if let plan, !plan.merges.isEmpty {
            startDrop(plan, .command, now, &effects)
        } else {
            let reason = "no groups can be merged to free that much now"
            refuse(.drop(freeing: freeing), reason, &effects)
        }
    }

    private mutating func restore(_ now: Instant, _ effects: inout [Effect]) {
        let groups = restorableGroups
        if let reason = dropRefusal {
            refuse(.restore, reason, &effects)
        } else if groups.isEmpty {
            let reason = "nothing is dropped, or what is running needs the memory"
            refuse(.restore, reason, &effects)
        } else {
            for group in groups { startRestore(group, .command, now, &effects) }
        }
    }
}

// MARK: - Draining

extension Cell {
    /// The group stays, empty, until the instance is taken away or the process ends.
    private mutating func drain(
        _ instance: InstanceID, _ now: Instant, _ effects: inout [Effect]
    ) {
        let single = groups.ids.first {
            groups[$0].stages.count == 1 && groups[$0].stages[0].instance == instance
                && groups[$0].isAccepting
        }
        guard let group = single, !isChanging(group) else {
            let reason = "it serves with others, is draining already, or does not exist"
            refuse(.drain(instance), reason, &effects)
            return
        }
        guard hasSubstitute(for: group) else {
            refuse(.drain(instance), "no other instance could take its place", &effects)
            return
        }
        startDraining(group, .drainStarted(instance), now, &effects)
    }

    /// Whether requests could go to another group.
    func hasSubstitute(for group: GroupID) -> Bool {
        groups.ids.contains { $0 != group && groups[$0].isAccepting }
    }

    /// A group of one takes nothing new, and what it has begins to move away.
    mutating func startDraining(
        _ group: GroupID, _ note: Note, _ now: Instant, _ effects: inout [Effect]
    ) {
        groups[group].isAccepting = false
        if !draining.contains(group) { draining.append(group) }
        effects.append(.note(note))
        moveDraining(now, &effects)
    }

    /// Groups that can take sequences of others.
    var openGroups: [GroupID] { groups.ids.filter { isOpen($0) } }

    func isOpen(_ group: GroupID) -> Bool {
        groups[group].isAccepting && groups[group].isRunning && !isChanging(group)
    }

    /// Moves what is left on draining instances to where there is the most room.
    mutating func moveDraining(_ now: Instant, _ effects: inout [Effect]) {
        for group in draining {
            let open = openGroups
            guard !open.isEmpty else { return }
            for id in groups[group].running where isBatch(id) { giveWay(id, &effects) }
            empty(group, into: open, now, &effects)
            for target in open { planIfIdle(target, &effects) }
            guard groups[group].isIdle, !isRelocating(group), !hasSwapped(group) else { continue }
            draining.removeAll { $0 == group }
            effects.append(.note(.drainFinished(groups[group].stages[0].instance)))
            finishLeaving(group, &effects)
        }
    }
}
