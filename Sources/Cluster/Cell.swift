package import Domain
internal import Planning
package import Scheduling

/// The one state machine that decides everything: which group takes a request, what each group
/// runs next, who waits, who is preempted, who is turned away; when instances merge and give up
/// parameters, which sequences move where, and when all is brought back.
///
/// No I/O, no clock, no randomness: the same inputs give the same effects in any process. Three
/// kinds of unexpected input: a call that breaks the protocol with the shell is our bug and traps;
/// a request that asks for the impossible is rejected; cancelling what has already ended is legal
/// noise and only noted.
package struct Cell: Sendable {
    package let configuration: CellConfiguration
    package internal(set) var groups = GroupTable()
    /// By instance: its blocks, and the pages they lie on.
    package internal(set) var stores: [BlockStore]
    package internal(set) var memories: [InstanceMemory]
    package internal(set) var table = SequenceTable()
    /// Requests that have a sequence. Looked up, never iterated.
    var sequences: [RequestID: SequenceID] = [:]
    /// By sequence slot: the group it belongs to; `nil` while it waits in the queue of the cell.
    var groupOf: [GroupID?] = []
    /// By sequence slot.
    var services: [SequenceService] = []
    /// Batch requests that wait for an instance, where those have a queue of their own.
    var batchQueue: RequestGroups
    /// By instance: how many sequences it runs at once, where that is controlled.
    var paces: [InstancePace]
    var nextPaceTick = Instant.zero
    /// Lengths of the prompts that have come, and of the answers that have ended.
    var promptLengths: LengthHistory
    var answerLengths: LengthHistory

    /// Merges and splits of groups under way.
    var reshapes: [Reshape] = []
    var reclaims: PendingReclaims
    /// Sequences on the move.
    var relocations: [Relocation] = []
    /// After a transfer has failed, none begins a live relocation before this.
    var noMoveBefore = Instant.zero
    /// Groups between which sequences move so that memory is where it is needed.
    var pairs: MigrationPairs
    /// Reused between looks.
    var openLoads: [GroupLoad] = []
    /// Knows how sequences are packed on groups, where that matters.
    var packer: Packer?
    /// What the packer has planned and has not begun.
    var packingMoves: [PackingMove] = []
    var nextPacking = Instant.zero
    /// Moves that packing has put off, and for how many epochs. Looked up, never iterated.
    var deferrals: [SequenceID: Int] = [:]
    /// By group.
    var tallies: [GroupTally] = []
    /// Groups of one that take nothing new because an operator, or autoscaling, wants them empty.
    var draining: [GroupID] = []
    /// Groups in which a relocation has returned spans since the last plan.
    var freed: [GroupID] = []
    /// Sequences whose KV lies in host memory, and where.
    var swapped: [SwappedSequence] = []
    var hostStore: BlockStore
    /// By instance: it is gone for good.
    package internal(set) var isLost: [Bool]
    /// Which instances are there.
    package internal(set) var roster: InstanceRoster
    /// Decides how many there are; `nil` where those of the start stay.
    var autoscaler: Autoscaler?
    /// Blocks of the instances that are there, without a drop.
    var undroppedCapacity: BlockCount
    /// Groups that have lost a member, until the last transfer of theirs is answered.
    var collapsing: [GroupID] = []
    /// Groups that the shell has not heard of yet, for their instance is being rebuilt.
    var unformed: [GroupID] = []
    var transfersPlanned: UInt32 = 0

    var view = ClusterView()
    var dispatcher: Dispatcher
    let planner: DropPlanner
    var monitor: OverloadMonitor
    /// When the monitor looks next, and whether the shell has been asked to wake us then.
    var nextSample = Instant.zero
    var isWakeOrdered = false
    var hasStarted = false
    /// The group that lets sequences go so that it can be restored.
    var thinned: GroupID?
    /// Blocks that were missing when instances were last asked for.
    var instancesAsked = 0
    /// The time of the present input.
    var time = Instant.zero

    var arrivals: UInt64 = 0
    var stepsPlanned: UInt32 = 0
    package internal(set) var isDraining = false
    /// Sequences have ended or left since batch requests were looked at.
    var hasFreedRoom = false
    /// Reused between calls.
    var schedulingEvents: [SchedulingEvent] = []
    var outcomes: [SequenceOutcome] = []
    var changedGroups: [GroupID] = []

    package init(configuration given: CellConfiguration) {
        var configuration = given
        precondition(!configuration.instances.isEmpty)
        // A sequence must fit any instance alone, for that is where a restore takes it.
        let slots = (configuration.blockCounts.min() ?? 0) * configuration.scheduler.blockSize
        configuration.scheduler.maxModelLength = min(
            configuration.scheduler.maxModelLength, slots)
        if configuration.overloadPolicy == .migrate { configuration.relocationPolicy = .llumnix }
        let isSwapping =
            configuration.overloadPolicy == .swap || configuration.autoscaling.policy == .chiron
        configuration.scheduler.eviction = isSwapping ? .swap : .recompute
        self.configuration = configuration
        memories = configuration.instances.map { InstanceMemory(shape: $0) }
        stores = memories.map { BlockStore(of: $0) }
        reclaims = PendingReclaims(instances: memories.count)
        isLost = Array(repeating: false, count: memories.count)
        let present = configuration.startInstances ?? memories.count
        roster = InstanceRoster(count: memories.count, present: present)
        autoscaler = Autoscaler(
            configuration.autoscaling, packingLinger: configuration.packing.linger)
        batchQueue = RequestGroups(tolerance: configuration.autoscaling.deadlineTolerance)
        paces = Self.paces(configuration)
        promptLengths = LengthHistory(configuration.autoscaling)
        answerLengths = LengthHistory(configuration.autoscaling)
        undroppedCapacity = stores.prefix(present).reduce(0) { $0 + $1.baseCount }
        hostStore = BlockStore(baseCount: configuration.hostBlocks)
        dispatcher = Dispatcher(policy: configuration.dispatch)
        planner = DropPlanner(
            shapes: configuration.instances, headCost: configuration.headCost,
            embeddingCost: configuration.embeddingCost,
            maxStages: configuration.overload.maxStages)
        monitor = OverloadMonitor(configuration.overload)
        pairs = MigrationPairs(configuration.migration)
        packer = Self.packer(configuration)
        for index in 0..<present { _ = addGroup([wholeStage(InstanceID(index: index))]) }
        updateView()
    }

    /// Takes one input and appends what the shell must do.
    package mutating func handle(
        _ input: Input, at now: Instant, into effects: inout [Effect]
    ) {
        time = now
        switch input {
        case .submitted(let request): submit(request, &effects)
        case .cancelled(let request, let reason): cancel(request, reason, &effects)
        case .stepFinished(let step, let group, let sampled):
            finish(step, of: group, sampled, now, &effects)
        case .stepFailed(let step, let group, let message):
            fail(step, of: group, message, &effects)
        case .memoryChanged(let instance, let failure):
            memoryChanged(instance, failure, now, &effects)
        case .unitsLoaded(let instance, let failure): unitsLoaded(instance, failure, &effects)
        case .transferFinished(let transfer, let failure):
            transferFinished(transfer, failure, now, &effects)
        case .tick: isWakeOrdered = false
        case .command(let command): carryOut(command, now, &effects)
        case .drain: isDraining = true
        case .instanceLost(let instance): lose(instance, now, &effects)
        case .instanceJoined(let instance, let failure):
            instanceJoined(instance, failure, now, &effects)
        }
        advance(now, &effects)
    }

    /// What follows from any input: changes of groups go on, the monitor looks when it is time.
    private mutating func advance(_ now: Instant, _ effects: inout [Effect]) {
        if !hasStarted { start(now, &effects) }
        if !collapsing.isEmpty { dissolveCollapsed(&effects) }
        if !reshapes.isEmpty { advanceReshapes(now, &effects) }
        if case .swap = configuration.overloadPolicy { swapIn(&effects) }
        if hasFreedRoom { feedBatch(&effects) }
        if !draining.isEmpty { moveDraining(now, &effects) }
        if now >= nextSample { sample(now, &effects) }
        while let group = freed.popLast() { plan(group, &effects) }
        orderWake(now, &effects)
    }
}

// MARK: - Groups

extension Cell {
    /// An instance as a group of one.
    func wholeStage(_ instance: InstanceID) -> GroupStage {
        let layers = memories[instance.index].shape.layerCount
        return GroupStage(instance: instance, range: .whole(layerCount: layers))
    }

    /// A new group that accepts sequences.
    mutating func addGroup(_ stages: [GroupStage]) -> GroupID {
        let id = groups.nextID
        groups.insert(
            GroupScheduler(group: id, stages: stages, configuration: configuration.scheduler))
        groups[id].batchLimit = batchSize(of: id)
        return id
    }

    mutating func dissolve(_ group: GroupID, _ effects: inout [Effect]) {
        precondition(groups[group].isIdle && !hasSwapped(group))
        groups[group].pool.evictAll(&stores)
        groups.remove(group)
        if thinned == group { thinned = nil }
        if group.index < tallies.count { tallies[group.index].lentBlocks = 0 }
        if let place = unformed.firstIndex(of: group) {
            unformed.remove(at: place)
        } else {
            effects.append(.groupDissolved(group))
        }
    }
}

// MARK: - Load

extension Cell {
    package var runningCount: Int { groups.sum { $0.running.count } }
    package var waitingCount: Int {
        groups.sum { $0.waitingCount } + swapped.count(where: \.isOut) + unbegunCount
    }
    /// Batch requests that wait with nothing computed.
    var unbegunCount: Int {
        batchQueue.count - swapped.count { !$0.isAborted && $0.group == nil }
    }
    package var isIdle: Bool {
        swapped.isEmpty && relocations.isEmpty && batchQueue.isEmpty && groups.areIdle
    }

    /// Blocks of the instances that are there. Complexity: O(instances).
    package var presentBlocks: BlockCount {
        var total = 0
        for index in stores.indices where roster.isPresent(InstanceID(index: index)) {
            total += stores[index].capacity
        }
        return total
    }

    /// Share of all KV blocks that sequences hold.
    package var blockUsage: Double {
        let used = groups.sum { $0.pool.usedCount * $0.stages.count }
        let total = presentBlocks
        return total == 0 ? 0 : min(1, Double(used) / Double(total))
    }
}
