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
        let isBatch = isRoutingByClass && request.serviceClass == .batch
        let group = isBatch ? nil : chooseGroup(for: id, request)
        guard isBatch || group != nil else {
            effects.append(.rejected(request.id, .draining))
            return
        }
        insert(id, request, isYielding: isBatch)
        effects.append(.accepted(request.id, id))
        if let group {
            autoscaler?.noteArrival(at: time)
            join(id, group)
            setPace(of: group, &effects)
            makeRoom(in: group, &effects)
            plan(group, &effects)
        } else {
            queueBatch(id)
            hasFreedRoom = true
        }
    }

    private mutating func insert(
        _ id: SequenceID, _ request: GenerationRequest, isYielding: Bool
    ) {
        let state = SequenceState(
            id: id, request: request, arrival: arrivals, isYielding: isYielding)
        table.insert(state)
        arrivals += 1
        promptLengths.note(request.prompt.count)
        sequences[request.id] = id
        let service = SequenceService(request, at: time)
        if id.index == groupOf.count {
            groupOf.append(nil)
            services.append(service)
        }
        groupOf[id.index] = nil
        services[id.index] = service
    }

    /// The group for a new sequence. Whatever the policy, it serves the request's class.
    private mutating func chooseGroup(
        for id: SequenceID, _ request: GenerationRequest
    ) -> GroupID? {
        let chosen = choice(for: id, request)
        guard let chosen, !serves(chosen, request.serviceClass) else { return chosen }
        return interactiveChoice(request.prompt.count) ?? chosen
    }

    private mutating func choice(
        for id: SequenceID, _ request: GenerationRequest
    ) -> GroupID? {
        switch configuration.dispatch {
        case .pack:
            packingChoice(for: id, request.prompt.count) ?? dispatcher.choose()
        case .freeness where isHighPriority(request.priority):
            highPriorityChoice(request.prompt.count) ?? dispatcher.choose()
        case .freeness where isRoutingByClass:
            interactiveChoice(request.prompt.count) ?? dispatcher.choose()
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
        if let old = groupOf[id.index] { tally(id, in: old, -1) }
        tally(id, in: group, 1)
        groupOf[id.index] = group
        tellPacker(id, isOn: group)
    }

    /// The sequence belongs to no group.
    mutating func unassign(_ id: SequenceID) {
        guard let group = groupOf[id.index] else { return }
        tally(id, in: group, -1)
        groupOf[id.index] = nil
        packer?.depart(id)
    }

    private mutating func tally(_ id: SequenceID, in group: GroupID, _ change: Int) {
        guard isHighPriority(id) || isRoutingByClass else { return }
        while tallies.count <= group.index { tallies.append(GroupTally()) }
        if isHighPriority(id) { tallies[group.index].highPriority += change }
        guard isRoutingByClass else { return }
        if isBatch(id) {
            tallies[group.index].batch += change
        } else {
            tallies[group.index].interactive += change
        }
    }

    /// The group of a sequence that is in one.
    func home(of id: SequenceID) -> GroupID {
        guard let group = groupOf[id.index] else { preconditionFailure("\(id) is in no group") }
        return group
    }

    func tally(of group: GroupID) -> GroupTally {
        group.index < tallies.count ? tallies[group.index] : GroupTally()
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
        let queued = queuedCount(request.serviceClass)
        return queued >= maxQueued ? .overloaded(queued: queued, limit: maxQueued) : nil
    }

    /// Requests that wait, where classes have queues of their own those of one class: however many
    /// batch requests wait, somebody may come to whom they give way.
    private func queuedCount(_ service: ServiceClass) -> Int {
        guard isRoutingByClass else {
            return view.total.waiting + swapped.count(where: \.isOut)
        }
        guard service == .interactive else { return batchQueue.count }
        return groups.ids.reduce(0) {
            $0 + min(view[$1]?.waiting ?? 0, tally(of: $1).interactive)
        }
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
            usedBlocks: fill.used, lentBlocks: tally(of: group).lentBlocks,
            queuedBlocks: fill.headSpans == nil ? 0 : fill.waitingSpans,
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
        if let group { plan(group, &effects) }
    }

    /// Ends a sequence from outside a step: its owner hears of it at once, its slot is free when
    /// no step computes it any more.
    mutating func end(_ id: SequenceID, _ reason: FinishReason, _ effects: inout [Effect]) {
        effects.append(.finished(id, reason, table[id].usage))
        sequences[table[id].request] = nil
        abortRelocation(of: id)
        forgetSwapped(id)
        batchQueue.remove(table[id].request)
        let isGone = groupOf[id.index].map { groups[$0].cancel(id, in: &table, &stores) }
        if isGone ?? true { release(id, &effects) }
    }

    mutating func release(_ id: SequenceID, _ effects: inout [Effect]) {
        unassign(id)
        hasFreedRoom = true
        table.remove(id)
        effects.append(.released(id))
    }
}
