internal import Domain
internal import Planning
internal import Scheduling

/// Instances join and leave a cell that serves.
///
///     absent --startInstance--> starting --instanceJoined--> present: a group of one
///       ^                          | failure, loss              | scaleIn
///       |<-------------------------+                            v
///       +------------------------stopInstance------------- draining, live
extension Cell {
    /// Orders so many instances, or as many as could be there and are not.
    mutating func startInstances(
        _ count: Int, as type: InstanceClass = .mixed, _ reason: ScalingReason, _ now: Instant,
        _ effects: inout [Effect]
    ) {
        if let earliest = autoscaler?.noStartBefore, now < earliest { return }
        let chosen = roster.nextToStart(count, isLost: isLost)
        guard !chosen.isEmpty else { return }
        start(chosen, as: type, reason, now, &effects)
    }

    mutating func start(
        _ chosen: [InstanceID], as type: InstanceClass = .mixed, _ reason: ScalingReason,
        _ now: Instant, _ effects: inout [Effect]
    ) {
        effects.append(.note(.scaleOut(chosen, reason)))
        for instance in chosen {
            roster.start(instance, as: type, at: now)
            effects.append(.startInstance(instance))
        }
    }

    /// The instance serves as a group of one from now on, and what waits for blocks elsewhere
    /// comes to it; or it could not be started.
    mutating func instanceJoined(
        _ instance: InstanceID, _ failure: String?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard !isLost[instance.index] else { return }
        guard let since = roster.startTime(of: instance) else {
            preconditionFailure("instance \(instance) was not asked to start")
        }
        if let failure {
            roster.startFailed(instance)
            autoscaler?.startFailed(at: now)
            effects.append(.note(.instanceStartFailed(instance, failure)))
            return
        }
        roster.join(instance)
        autoscaler?.joined(after: now - since)
        undroppedCapacity += stores[instance.index].baseCount
        copyPace(to: instance)
        hasFreedRoom = true
        let whole = wholeStage(instance)
        let group = addGroup([whole])
        effects.append(.groupFormed(group, [whole]))
        effects.append(.note(.instanceJoined(instance, took: now - since)))
        moveWaiting(&effects)
    }
}

extension Cell {
    /// An instance serves other requests from now on, beside those that it has.
    mutating func convert(
        _ instance: InstanceID, to type: InstanceClass, _ reason: ScalingReason,
        _ effects: inout [Effect]
    ) {
        roster.reassign(instance, to: type)
        hasFreedRoom = true
        for group in groups.ids where isMember(instance, of: group) { groups.touch(group) }
        effects.append(.note(.instanceConverted(instance, type, reason)))
    }
}

// MARK: - Leaving

extension Cell {
    /// Begins to empty an instance, if that is possible now; an operator may have begun already.
    mutating func startLeaving(
        _ instance: InstanceID, _ reason: ScalingReason, _ now: Instant,
        _ effects: inout [Effect]
    ) {
        guard leavingRefusal(of: instance) == nil,
            let group = groups.ids.first(where: { isMember(instance, of: $0) })
        else { return }
        roster.leaving.append(group)
        startDraining(group, .scaleIn(instance, reason), now, &effects)
    }

    /// Why an instance cannot begin to go; `nil` if it can. While parameters are dropped, or groups
    /// change, every instance is needed.
    func leavingRefusal(of instance: InstanceID) -> String? {
        guard roster.isPresent(instance) else {
            return roster.startTime(of: instance) == nil ? "it is not there" : "it is starting"
        }
        let isChangingAnything = !reshapes.isEmpty || !reclaims.isEmpty || !collapsing.isEmpty
        guard !isChangingAnything, thinned == nil, !groups.hasPipeline,
            let group = groups.ids.first(where: { isMember(instance, of: $0) }),
            groups[group].isRunning
        else { return "parameters are dropped, or groups are changing" }
        if roster.leaving.contains(group) { return "it is leaving already" }
        return hasSubstitute(for: group) ? nil : "no other instance could take its place"
    }

    /// An instance that was being emptied takes requests again, with what it has left.
    mutating func callOffLeaving(
        _ instance: InstanceID, _ reason: ScalingReason, _ effects: inout [Effect]
    ) {
        let place = roster.leaving.firstIndex { isMember(instance, of: $0) }
        guard let place else { return }
        let group = roster.leaving.remove(at: place)
        draining.removeAll { $0 == group }
        groups[group].isAccepting = true
        effects.append(.note(.scaleInCalledOff(instance, reason)))
        plan(group, &effects)
    }

    /// Nothing is left of a group that was emptied: its instance goes. Should it come again, it
    /// comes with an empty memory.
    mutating func finishLeaving(_ group: GroupID, _ effects: inout [Effect]) {
        guard let place = roster.leaving.firstIndex(of: group) else { return }
        roster.leaving.remove(at: place)
        let instance = groups[group].stages[0].instance
        precondition(memories[instance.index].isWhole && reclaims[instance.index] == nil)
        dissolve(group, &effects)
        undroppedCapacity -= stores[instance.index].baseCount
        let memory = InstanceMemory(shape: memories[instance.index].shape)
        memories[instance.index] = memory
        stores[instance.index] = BlockStore(of: memory)
        roster.leave(instance)
        effects.append(.stopInstance(instance))
        effects.append(.note(.instanceStopped(instance)))
    }
}
