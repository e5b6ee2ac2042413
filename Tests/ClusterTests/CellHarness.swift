import Domain
import Planning
import Scheduling
import Testing

@testable import Cluster

/// Drives one cell with symbolic instances, checks its invariants after every event, and keeps
/// what every request received. Everything the cell asks for is answered when the test says so.
struct CellHarness {
    /// What the cell waits for.
    enum Errand {
        case memory(InstanceID, MemoryChange)
        case undo(InstanceID)
        case load(InstanceID, [ParameterUnit], UnitSource)
        case transfer(Transfer)
        case start(InstanceID)
    }

    var cell: Cell
    var instances: [SymbolicInstance]
    let model = SymbolicModel(vocabularySize: UInt64(Self.vocabularySize))
    var stages: [GroupID: [GroupStage]] = [:]
    /// Steps that run and are not finished.
    var inFlight: [Step] = []
    var errands: [Errand] = []
    /// Host blocks: (layer, block, slot).
    var host: [[Int]: UInt64?] = [:]
    var received: [RequestID: [TokenID]] = [:]
    var ended: [RequestID: FinishReason] = [:]
    var rejected: [RequestID: RejectReason] = [:]
    var notes: [Note] = []
    var instancesWanted = 0
    var lost: Set<InstanceID> = []
    /// Instances that are not there: no step, copy or change may touch them.
    var absent: Set<InstanceID> = []
    /// Steps of groups that lost a member while they ran.
    var late: [Step] = []
    private var requests: [SequenceID: GenerationRequest] = [:]
    private var submitted: [RequestID: GenerationRequest] = [:]
    private(set) var now = Instant.zero
    private var wakeAt: Instant?
    /// The cell has asked to be woken.
    var isAwake: Bool { wakeAt != nil }

    static let vocabularySize = 50
    static let layers = 4

    /// Two blocks make a page; a layer's weights are `weightPages` of them.
    static func shape(blocks: BlockCount, weightPages: Int = 3) -> InstanceMemoryShape {
        InstanceMemoryShape(
            pageSize: ByteCount(32), blockBytes: ByteCount(16), embeddingPages: 1,
            layerPages: Array(repeating: weightPages, count: layers), headPages: 2,
            kvPagesPerLayer: (blocks + 1) / 2, sparePages: 1, workspacePages: 1,
            sharesEmbedding: false, maxBlocks: Int(UInt32.max))
    }

    init(
        blockCounts: [BlockCount], weightPages: Int = 3, policy: OverloadPolicy = .recompute,
        _ configure: (inout SchedulerConfiguration) -> Void = { _ in },
        cell change: (inout CellConfiguration) -> Void = { _ in }
    ) {
        var scheduler = SchedulerConfiguration(maxModelLength: 96)
        scheduler.blockSize = 4
        scheduler.maxBatchedTokens = 16
        configure(&scheduler)
        let shapes = blockCounts.map { Self.shape(blocks: $0, weightPages: weightPages) }
        var configuration = CellConfiguration(
            scheduler: scheduler, vocabularySize: Self.vocabularySize, instances: shapes)
        configuration.overloadPolicy = policy
        configuration.relocationPolicy = .off
        configuration.overload.maxStages = 4
        configuration.overload.horizon = .zero
        configuration.overload.restoreBelow = 0.5
        change(&configuration)
        self.init(configuration)
    }

    init(_ configuration: CellConfiguration) {
        let shapes = configuration.instances
        let blockSize = configuration.scheduler.blockSize
        cell = Cell(configuration: configuration)
        instances = shapes.map { SymbolicInstance($0, blockSize: blockSize) }
        for id in cell.groups.ids { stages[id] = cell.groups[id].stages }
        let present = configuration.startInstances ?? shapes.count
        absent = Set(shapes.indices.dropFirst(present).map { InstanceID(index: $0) })
    }

    // MARK: Talking to the cell

    mutating func send(_ input: Input, after time: Duration = .milliseconds(1)) {
        var effects: [Effect] = []
        if case .submitted(let request) = input { submitted[request.id] = request }
        if case .tick = input { wakeAt = nil }
        now = now + time
        cell.handle(input, at: now, into: &effects)
        cell.checkInvariants()
        for effect in effects { perform(effect) }
    }

    /// Lets the cell decide something that no input makes it decide.
    mutating func decide(_ body: (inout Cell, Instant, inout [Effect]) -> Void) {
        var effects: [Effect] = []
        now = now + .milliseconds(1)
        body(&cell, now, &effects)
        cell.checkInvariants()
        for effect in effects { perform(effect) }
    }

    /// Lets the time pass that the cell wants to sleep.
    mutating func wake() {
        guard let wakeAt else { return }
        send(.tick, after: max(.milliseconds(1), wakeAt - now))
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .runStep(let step): inFlight.append(step)
        case .accepted(let request, let sequence): requests[sequence] = submitted[request]
        case .rejected(let request, let reason): rejected[request] = reason
        case .started: break
        case .emit(let sequence, let token): emit(token, of: sequence)
        case .finished(let sequence, let reason, let usage): finish(sequence, reason, usage)
        case .released(let sequence): requests[sequence] = nil
        case .note(let note): notes.append(note)
        case .groupFormed(let group, let members): stages[group] = members
        case .groupDissolved(let group):
            #expect(!inFlight.contains { $0.group == group }, "a step of a group that is no more")
            stages[group] = nil
        case .changeMemory(let instance, let change): errands.append(.memory(instance, change))
        case .undoMemoryChange(let instance): instances[instance.index].undo()
        case .settleMemory(let instance): instances[instance.index].settle()
        case .loadUnits(let instance, let units, let source):
            errands.append(.load(instance, units, source))
        case .transfer(let transfer): errands.append(.transfer(transfer))
        case .wakeAt(let time): wakeAt = time
        case .startInstance(let instance):
            #expect(absent.contains(instance) && !lost.contains(instance))
            errands.append(.start(instance))
        case .stopInstance(let instance): stop(instance)
        case .requestInstances(let count): instancesWanted = count
        }
    }

    private mutating func emit(_ token: TokenID, of sequence: SequenceID) {
        guard let request = requests[sequence] else {
            Issue.record("a token for nobody")
            return
        }
        #expect(ended[request.id] == nil, "a token after the end")
        received[request.id, default: []].append(token)
    }

    private mutating func finish(
        _ sequence: SequenceID, _ reason: FinishReason, _ usage: GenerationUsage
    ) {
        guard let request = requests[sequence] else {
            Issue.record("an end for nobody")
            return
        }
        #expect(ended[request.id] == nil, "two ends")
        ended[request.id] = reason
        #expect(usage.generatedTokens == received[request.id]?.count ?? 0)
    }

    // MARK: Answering

    /// Finishes the oldest step of the group whose step has been in flight longest, or of the one
    /// at `turn` in that order.
    mutating func finishStep(turn: Int = 0) {
        var order: [GroupID] = []
        for step in inFlight where !order.contains(step.group) { order.append(step.group) }
        guard !order.isEmpty else { return }
        let group = order[turn % order.count]
        guard let index = inFlight.firstIndex(where: { $0.group == group }) else { return }
        let step = inFlight.remove(at: index)
        send(.stepFinished(step.id, of: step.group, sampled: run(step)))
    }

    private mutating func run(_ step: Step) -> [TokenID] {
        let truth = { [requests, received] (sequence: SequenceID) -> [TokenID] in
            guard let request = requests[sequence] else { return [] }
            return request.prompt + (received[request.id] ?? [])
        }
        for (index, stage) in (stages[step.group] ?? []).enumerated() {
            instances[stage.instance.index].run(
                step, stage: index, range: stage.range, truth: truth)
        }
        return step.entries.filter(\.output.sample).map { entry in
            let known = truth(entry.sequence)
            return model.token(after: known[..<(entry.firstPosition + entry.tokens.count)])
        }
    }

    /// An instance is gone: steps of its groups are not heard of any more, its own errands neither.
    mutating func lose(_ instance: InstanceID) {
        let dead = stages.filter { $0.value.contains { $0.instance == instance } }
        late += inFlight.filter { dead[$0.group] != nil }
        inFlight.removeAll { dead[$0.group] != nil }
        lost.insert(instance)
        errands.removeAll { errand in
            switch errand {
            case .memory(let other, _), .undo(let other), .load(let other, _, _),
                .start(let other):
                other == instance
            case .transfer: false
            }
        }
        send(.instanceLost(instance))
    }

    /// A step is heard of after all.
    mutating func finishLateStep() {
        guard let step = late.popLast() else { return }
        let samples = step.entries.count(where: \.output.sample)
        let sampled = Array(repeating: TokenID(0), count: samples)
        send(.stepFinished(step.id, of: step.group, sampled: sampled))
    }

    /// Whether an errand cannot succeed.
    private func needsLost(_ errand: Errand) -> Bool {
        switch errand {
        case .memory, .undo, .start: false
        case .load(_, _, let source):
            if case .peer(let peer) = source { lost.contains(peer) } else { false }
        case .transfer(let transfer):
            transfer.copies.contains { isLost($0.from) || isLost($0.to) }
        }
    }

    private func isLost(_ place: KVPlace) -> Bool {
        if case .instance(let instance) = place { lost.contains(instance) } else { false }
    }

    /// Carries out the errand at `turn`, or fails it.
    mutating func answer(turn: Int = 0, failing: Bool = false) {
        guard !errands.isEmpty else { return }
        let errand = errands.remove(at: turn % errands.count)
        let failing = failing || needsLost(errand)
        let failure = failing ? "no power" : nil
        switch errand {
        case .memory(let instance, let change):
            if !failing { instances[instance.index].apply(change) }
            send(.memoryChanged(instance, failure: failure))
        case .undo(let instance): instances[instance.index].undo()
        case .load(let instance, let units, let source):
            if case .peer(let peer) = source, !lost.contains(peer) {
                for unit in units { #expect(instances[peer.index].holds(unit)) }
            }
            if !failing {
                let missing = units.filter { !instances[instance.index].holds($0) }
                instances[instance.index].load(missing)
            }
            send(.unitsLoaded(instance, failure: failure))
        case .start(let instance):
            if !failing { join(instance) }
            send(.instanceJoined(instance, failure: failure))
        case .transfer(let transfer):
            for copy in transfer.copies { perform(copy) }
            send(.transferFinished(transfer.id, failure: failure))
        }
    }

    /// It comes with nothing of what it had when it was there before.
    private mutating func join(_ instance: InstanceID) {
        absent.remove(instance)
        instances[instance.index] = SymbolicInstance(
            instances[instance.index].shape, blockSize: cell.configuration.scheduler.blockSize)
    }

    private mutating func stop(_ instance: InstanceID) {
        #expect(!stages.values.joined().contains { $0.instance == instance })
        let isNeeded = errands.contains { errand in
            switch errand {
            case .memory(let other, _), .undo(let other), .start(let other): other == instance
            case .load(let other, _, let source):
                other == instance || source == .peer(instance)
            case .transfer(let transfer):
                transfer.copies.contains {
                    $0.from == .instance(instance) || $0.to == .instance(instance)
                }
            }
        }
        #expect(!isNeeded, "instance \(instance) is stopped and somebody needs it")
        #expect(absent.insert(instance).inserted)
    }

    private mutating func perform(_ copy: KVCopy) {
        let size = cell.configuration.scheduler.blockSize
        for layer in copy.layers {
            for (source, target) in zip(copy.sources, copy.targets) {
                for slot in 0..<size {
                    let value: UInt64? =
                        switch copy.from {
                        case .instance(let from): instances[from.index].get(layer, source, slot)
                        case .host: host[[layer, source.index, slot]] ?? nil
                        }
                    switch copy.to {
                    case .instance(let to):
                        instances[to.index].set(layer, target, slot, value)
                    case .host: host[[layer, target.index, slot]] = value
                    }
                }
            }
        }
    }

    /// Runs until nothing is in flight; a cell with work and nothing in flight has stalled.
    mutating func drainSteps() {
        var idleWakes = 0
        while !inFlight.isEmpty || !errands.isEmpty || (!cell.isIdle && idleWakes < 200) {
            idleWakes = inFlight.isEmpty && errands.isEmpty ? idleWakes + 1 : 0
            if idleWakes > 0 { wake() }
            answer()
            finishStep()
        }
        let isIdle = cell.isIdle
        #expect(isIdle, "the cell stopped with work left: \(predicament)")
    }

    /// What a cell that has stopped is stuck in.
    private var predicament: String {
        let groups = cell.groups.map {
            "group \($0.group) of \($0.stages.count): \($0.running.count) running, "
                + "\($0.waitingCount) waiting, \($0.pool.freeCount(cell.stores)) free, "
                + "accepting \($0.isAccepting), running \($0.isRunning), aside \($0.setAside)"
        }
        let sequences = cell.groups.map { $0.running.map { cell.table[$0].phase } }
        return "\(cell.configuration.overloadPolicy) \(groups) \(sequences) "
            + "\(cell.reshapes) \(cell.relocations) \(cell.swapped)"
    }

    /// The continuation that a quiet instance gives.
    func expectation(for request: GenerationRequest) -> [TokenID] {
        let room = cell.configuration.scheduler.maxModelLength - request.prompt.count
        let all = model.continuation(
            of: request.prompt, count: min(request.stop.maxTokens, room))
        let stopAt = all.indices.first {
            $0 + 1 >= request.stop.minTokens && request.stop.stopTokens.contains(all[$0])
        }
        return stopAt.map { Array(all[...$0]) } ?? all
    }
}

// MARK: - What came of it

extension CellHarness {
    /// Every request has the tokens of a quiet instance, and all blocks are back.
    func expectExact(_ requests: [GenerationRequest]) {
        for request in requests { #expect(received[request.id] == expectation(for: request)) }
        #expect(cell.groups.sum { $0.pool.usedCount } == 0)
    }

    var preemptionCount: Int { notes.count { if case .preempted = $0 { true } else { false } } }
    var relocationCount: Int { notes.count { if case .relocated = $0 { true } else { false } } }
}
