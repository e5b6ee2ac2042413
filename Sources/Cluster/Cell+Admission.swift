internal import Domain
internal import Planning
internal import Scheduling

extension Cell {
    mutating func submit(_ request: GenerationRequest, _ effects: inout [Effect]) {
        updateView()
        if let reason = reasonToReject(request) {
            effects.append(.rejected(request.id, reason))
            return
        }
        let id = table.nextID
        guard let group = chooseGroup(for: id, request) else {
            effects.append(.rejected(request.id, .draining))
            return
        }
        table.insert(SequenceState(id: id, request: request, arrival: arrivals))
        arrivals += 1
        autoscaler?.noteArrival(at: time)
        sequences[request.id] = id
        if id.index == groupOf.count { groupOf.append(group) }
        groupOf[id.index] = group
        countHighPriority(id, in: group, 1)
        effects.append(.accepted(request.id, id))
        join(id, group)
        plan(group, &effects)
    }

    /// The group for a new sequence.
    private mutating func chooseGroup(
        for id: SequenceID, _ request: GenerationRequest
    ) -> GroupID? {
        switch configuration.dispatch {
        case .pack:
            packingChoice(for: id, request.prompt.count) ?? dispatcher.choose()
        case .freeness where isHighPriority(request.priority):
            highPriorityChoice(request.prompt.count) ?? dispatcher.choose()
        case .roundRobin, .leastRequests, .shortestQueue, .freeness: dispatcher.choose()
        }
    }

    /// Puts a waiting sequence into a group's queue.
    mutating func join(_ id: SequenceID, _ group: GroupID) {
        assign(id, to: group)
        groups[group].enqueue(id, in: table)
    }

    /// The sequence belongs to another group.
    mutating func assign(_ id: SequenceID, to group: GroupID) {
        countHighPriority(id, in: groupOf[id.index], -1)
        countHighPriority(id, in: group, 1)
        groupOf[id.index] = group
        tellPacker(id, isOn: group)
    }

    /// Why a request cannot be served, checked before anything is kept of it.
    private func reasonToReject(_ request: GenerationRequest) -> RejectReason? {
        precondition(sequences[request.id] == nil, "request \(request.id) submitted twice")
        let limit = configuration.scheduler.maxModelLength
        if isDraining { return .draining }
        if request.prompt.isEmpty { return .emptyPrompt }
        if let token = request.prompt.first(where: { $0.index >= configuration.vocabularySize }) {
            return .unknownToken(token)
        }
        if request.prompt.count >= limit {
            return .contextLengthExceeded(prompt: request.prompt.count, limit: limit)
        }
        let maxQueued = configuration.scheduler.maxQueued
        let queued = view.total.waiting + swapped.count { !$0.isAborted && $0.phase != .leaving }
        return queued >= maxQueued ? .overloaded(queued: queued, limit: maxQueued) : nil
    }

    /// Brings what policies see up to date. Complexity: O(log groups) for each group that has
    /// changed since the last time.
    mutating func updateView() {
        if !reshapes.isEmpty { groups.touchAll() }
        groups.takeTouched(into: &changedGroups)
        for id in changedGroups {
            let load = groups.contains(id) ? load(of: id) : nil
            view.set(load, for: id)
            dispatcher.update(id, to: load)
            tellPacker(load, of: id)
        }
    }

    private mutating func load(of group: GroupID) -> GroupLoad {
        let fill = groups.fill(of: group, stores, table)
        return GroupLoad(
            group: group, running: fill.running, waiting: fill.waiting, members: fill.members,
            usedBlocks: fill.used, queuedBlocks: fill.headSpans == nil ? 0 : fill.waitingSpans,
            waitingBlocks: fill.waitingSpans, headBlocks: fill.headSpans ?? 0,
            headroomBlocks: headroom(in: group, of: fill.capacity), freeBlocks: fill.free,
            totalBlocks: fill.capacity, isDraining: !fill.isAccepting)
    }

    mutating func cancel(
        _ request: RequestID, _ reason: FinishReason, _ effects: inout [Effect]
    ) {
        guard let id = sequences[request] else {
            effects.append(.note(.cancelledUnknown(request)))
            return
        }
        let group = groupOf[id.index]
        end(id, reason, &effects)
        plan(group, &effects)
    }

    /// Ends a sequence from outside a step: its owner hears of it at once, its slot is free when
    /// no step computes it any more.
    mutating func end(_ id: SequenceID, _ reason: FinishReason, _ effects: inout [Effect]) {
        effects.append(.finished(id, reason, table[id].usage))
        sequences[table[id].request] = nil
        abortRelocation(of: id)
        forgetSwapped(id)
        if groups[groupOf[id.index]].cancel(id, in: &table, &stores) { release(id, &effects) }
    }

    mutating func release(_ id: SequenceID, _ effects: inout [Effect]) {
        countHighPriority(id, in: groupOf[id.index], -1)
        packer?.depart(id)
        table.remove(id)
        effects.append(.released(id))
    }
}
