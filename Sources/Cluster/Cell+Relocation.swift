internal import Domain
internal import Planning
internal import Scheduling

/// The one mechanism by which a running sequence changes groups.
extension Cell {
    /// Starts to move a sequence between groups that serve; `false` when the destination has no
    /// room, or so much is on the move already that one more would only make all of it slower.
    ///
    /// - Parameter mode: `nil` for the configured one.
    mutating func startMigration(
        of id: SequenceID, to target: GroupID, by mode: RelocationMode? = nil, _ now: Instant,
        _ effects: inout [Effect]
    ) -> Bool {
        var (moving, tokens) = (0, table[id].computedCount)
        for relocation in relocations where relocation.isLive && !relocation.isAborted {
            moving += 1
            tokens += table[relocation.sequence].computedCount
        }
        let limits = configuration.relocation
        guard moving < limits.maxConcurrentLive, moving == 0 || tokens <= limits.maxLiveTokens,
            now >= noMoveBefore, hasRoomForAll(of: id, in: target)
        else { return false }
        return startMove(id, to: target, mode ?? limits.mode, isLive: true, now, &effects)
    }

    /// Starts to move a sequence; `false` when the destination has no room. One that is not live
    /// stands still already, for its group does.
    mutating func startMove(
        _ id: SequenceID, to target: GroupID, _ mode: RelocationMode = .blocking, isLive: Bool,
        _ now: Instant, _ effects: inout [Effect]
    ) -> Bool {
        let from = home(of: id)
        var relocation = Relocation(
            sequence: id, from: from, to: target, mode: mode, isLive: isLive, started: now)
        guard mode == .recompute || reserveFirst(&relocation) else { return false }
        if !isLive { relocation.stalledSince = now }
        relocations.append(relocation)
        proceed(relocations.count - 1, now, &effects)
        return true
    }

    /// Takes what the destination has cached of it, and spans for the KV that there is: of the
    /// whole blocks if it goes on generating, for those do not change any more.
    private mutating func reserveFirst(_ relocation: inout Relocation) -> Bool {
        let sequence = table[relocation.sequence]
        let whole = sequence.computedCount / configuration.scheduler.blockSize
        let held = groups[relocation.to].holdCachedPrefix(of: sequence.tokens, limit: whole)
        relocation.targets = held.spans
        relocation.placed = held.spans.count
        let end = relocation.mode == .live ? whole : sequence.spans.count
        if extend(&relocation, to: max(end, relocation.placed)) { return true }
        groups[relocation.to].release(relocation.targets, &stores)
        return false
    }

    /// Whether a sequence that goes to other instances would find a seat, and blocks for all it
    /// knows and some to grow, so that its KV is not copied in vain.
    private func hasRoomForAll(of id: SequenceID, in target: GroupID) -> Bool {
        let (source, pool) = (groups[home(of: id)].pool, groups[target].pool)
        let isNew = pool.instances.contains { !source.instances.contains($0) }
        let reserve = Double(pool.capacity(stores)) * configuration.scheduler.watermark
        let needed = table[id].spans.count + configuration.relocation.finalBlocks
        let hasRoom = pool.freeCount(stores) >= needed + Int(reserve)
        return !isNew || (groups[target].hasSeat && hasRoom)
    }

    /// Reserves the destination's spans up to `end` of the sequence's own.
    private mutating func extend(_ relocation: inout Relocation, to end: BlockCount) -> Bool {
        let have = relocation.targets.count
        guard end > have else { return true }
        let sources = table[relocation.sequence].spans[have..<end]
        let pool = groups[relocation.from].pool
        guard let more = groups[relocation.to].reserve(sources, of: pool, &stores) else {
            return false
        }
        relocation.targets += more
        return true
    }

    private mutating func extend(_ index: Int, to end: BlockCount) -> Bool {
        var relocation = relocations[index]
        defer { relocations[index] = relocation }
        return extend(&relocation, to: end)
    }

    /// Decides what a relocation without a transfer under way does next.
    private mutating func proceed(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let relocation = relocations[index]
        let sequence = table[relocation.sequence]
        let needed = groups[relocation.to].spansNeeded(for: sequence.computedCount)
        if relocation.stalledSince != nil {
            guard !sequence.isInFlight else { return }
            finishMove(index, needed, now, &effects)
            return
        }
        let isNearlyDone = needed - relocation.placed <= configuration.relocation.finalBlocks
        let isLastRound = relocation.rounds >= configuration.relocation.maxRounds
        if relocation.mode != .live || isNearlyDone || isLastRound {
            groups[relocation.from].stall(relocation.sequence, &table)
            relocations[index].stalledSince = now
            proceed(index, now, &effects)
            return
        }
        let full = sequence.computedCount / configuration.scheduler.blockSize
        guard extend(index, to: full) else {
            stopMove(index, .noRoom, &effects)
            return
        }
        send(index, to: full, &effects)
    }

    /// The sequence stands still: what is left of its KV follows, then it changes groups.
    private mutating func finishMove(
        _ index: Int, _ needed: BlockCount, _ now: Instant, _ effects: inout [Effect]
    ) {
        let id = relocations[index].sequence
        guard relocations[index].mode != .recompute else {
            computeAnew(index, now, &effects)
            return
        }
        guard extend(index, to: table[id].spans.count) else {
            stopMove(index, .noRoom, &effects)
            return
        }
        if relocations[index].placed < needed {
            send(index, to: needed, &effects)
        } else {
            handOver(index, now, &effects)
        }
    }

    private mutating func send(_ index: Int, to end: BlockCount, _ effects: inout [Effect]) {
        let relocation = relocations[index]
        let sources = table[relocation.sequence].spans[relocation.placed..<end]
        let targets = relocation.targets[relocation.placed..<end]
        groups[relocation.from].retain(sources)
        let copies = copies(of: sources, in: relocation.from, to: targets, in: relocation.to)
        let isEnd = relocation.mode == .live && relocation.stalledSince != nil
        let transfer = Transfer(
            id: nextTransfer(), sequence: relocation.sequence, copies: copies, isUrgent: isEnd)
        relocations[index].sources = Array(sources)
        relocations[index].transfer = transfer.id
        relocations[index].rounds += 1
        relocations[index].bytes += bytes(of: copies)
        effects.append(.transfer(transfer))
    }

    mutating func nextTransfer() -> TransferID {
        transfersPlanned &+= 1
        return TransferID(transfersPlanned)
    }

    /// One copy for each pair of members of which the first has executed layers that the second
    /// will execute. Where they are one and the same instance, nothing moves.
    private func copies(
        of sources: ArraySlice<SpanID>, in from: GroupID, to targets: ArraySlice<SpanID>,
        in to: GroupID
    ) -> [KVCopy] {
        let (source, target) = (groups[from], groups[to])
        var copies: [KVCopy] = []
        for (into, receiver) in target.stages.enumerated() {
            for (outOf, giver) in source.stages.enumerated() {
                let layers = receiver.range.layers.clamped(to: giver.range.layers)
                guard giver.instance != receiver.instance, !layers.isEmpty else { continue }
                copies.append(
                    KVCopy(
                        layers: layers, from: .instance(giver.instance),
                        sources: sources.map { source.pool.block($0, stage: outOf) },
                        to: .instance(receiver.instance),
                        targets: targets.map { target.pool.block($0, stage: into) }))
            }
        }
        return copies
    }

    func bytes(of copies: [KVCopy]) -> ByteCount {
        let block = memories[0].shape.blockBytes
        return copies.reduce(.zero) { $0 + block * ($1.layers.count * $1.sources.count) }
    }

    mutating func transferFinished(
        _ transfer: TransferID, _ failure: String?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard let index = relocations.firstIndex(where: { $0.transfer == transfer }) else {
            swapFinished(transfer, failure, now, &effects)
            return
        }
        let sources = relocations[index].sources
        groups[relocations[index].from].release(sources, &stores)
        freed.append(relocations[index].from)
        relocations[index].sources = []
        relocations[index].transfer = nil
        if relocations[index].isAborted {
            let (id, from) = (relocations[index].sequence, relocations[index].from)
            if relocations[index].resumesWhenAnswered { groups[from].resume(id, &table) }
            forget(index)
        } else if let failure {
            stopMove(index, .transferFailed(failure), &effects)
        } else {
            relocations[index].placed += sources.count
            proceed(index, now, &effects)
        }
    }
}

// MARK: - Emptying a group

extension Cell {
    /// Sends what waits in a group to others, and starts to move what runs there, as many at once
    /// as may be on the move and as find room.
    mutating func empty(
        _ group: GroupID, into open: [GroupID], _ now: Instant, _ effects: inout [Effect]
    ) {
        for id in groups[group].takeWaiting(from: table) { rejoin(id, open) }
        for id in groups[group].running where table[id].phase == .running {
            guard !isRelocating(id) else { continue }
            let target = emptiest(of: serving(id, among: open))
            guard startMigration(of: id, to: target, now, &effects) else { return }
        }
    }

    /// A sequence that waits goes to the emptiest of some groups, or to the queue of its own.
    mutating func rejoin(_ id: SequenceID, _ open: [GroupID]) {
        if isBatch(id) {
            queueBatch(id)
        } else {
            join(id, emptiest(of: serving(id, among: open)))
        }
    }

    /// The group with the most spans that nobody holds or waits for, less those in use; ties go to
    /// the first.
    func emptiest(of candidates: [GroupID]) -> GroupID {
        var best = candidates[0]
        var most = Int.min
        for candidate in candidates {
            let group = groups[candidate]
            let free = group.pool.freeCount(stores) - group.pool.usedCount - group.waitingSpans
            if free > most { (best, most) = (candidate, free) }
        }
        return best
    }
}

// MARK: - Ends

extension Cell {
    private mutating func handOver(_ index: Int, _ now: Instant, _ effects: inout [Effect]) {
        let relocation = relocations.remove(at: index)
        let id = relocation.sequence
        groups[relocation.from].detach(id, &table, &stores)
        groups[relocation.to].attach(id, spans: relocation.targets, &table)
        if let reshape = reshapes.firstIndex(where: { $0.leaving.contains(relocation.from) }) {
            reshapes[reshape].movedSequences += 1
            reshapes[reshape].movedBytes += relocation.bytes
        }
        arrive(relocation, now, &effects)
    }

    /// Nothing of the sequence moves but what is known of it.
    private mutating func computeAnew(
        _ index: Int, _ now: Instant, _ effects: inout [Effect]
    ) {
        let relocation = relocations.remove(at: index)
        let id = relocation.sequence
        effects.append(.note(.preempted(id, lostTokens: table[id].computedCount)))
        groups[relocation.from].detach(id, &table, &stores)
        groups[relocation.to].requeue(id, &table)
        arrive(relocation, now, &effects)
    }

    /// The sequence belongs to its new group.
    private mutating func arrive(
        _ relocation: Relocation, _ now: Instant, _ effects: inout [Effect]
    ) {
        let id = relocation.sequence
        assign(id, to: relocation.to)
        effects.append(
            .note(
                .relocated(
                    id, from: relocation.from, to: relocation.to, relocation.bytes,
                    stalled: now - (relocation.stalledSince ?? now))))
        plan(relocation.to, &effects)
        plan(relocation.from, &effects)
    }

    /// The sequence stays where it is and goes on; where it cannot, it starts anew elsewhere.
    private mutating func stopMove(
        _ index: Int, _ reason: Note.RelocationAbort, _ effects: inout [Effect]
    ) {
        let relocation = relocations[index]
        forget(index)
        if !relocation.isLive {
            startAnew(relocation.sequence, in: relocation.to, reason, &effects)
            plan(relocation.to, &effects)
            return
        }
        if relocation.stalledSince != nil {
            groups[relocation.from].resume(relocation.sequence, &table)
        }
        if case .transferFailed = reason {
            noMoveBefore = time + configuration.overload.retryAfter
        }
        effects.append(.note(.relocationAborted(relocation.sequence, reason)))
        plan(relocation.from, &effects)
    }

    /// Returns what a relocation has reserved.
    private mutating func forget(_ index: Int) {
        let relocation = relocations.remove(at: index)
        groups[relocation.to].release(relocation.targets, &stores)
        freed.append(relocation.to)
    }

    /// A sequence is about to give its blocks back: its relocation ends, as soon as no transfer
    /// touches them.
    mutating func abortRelocation(of id: SequenceID) {
        for index in relocations.indices where relocations[index].sequence == id {
            relocations[index].resumesWhenAnswered = false
        }
        let under = relocations.firstIndex { $0.sequence == id && !$0.isAborted }
        guard let index = under else { return }
        if relocations[index].transfer == nil {
            forget(index)
        } else {
            relocations[index].isAborted = true
        }
    }

    /// Sequences that were to stand still and have come out of their last step.
    mutating func finishStalled(
        in group: GroupID, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard !relocations.isEmpty else { return }
        for id in relocations.map(\.sequence) {
            let waiting = relocations.firstIndex {
                $0.sequence == id && $0.from == group && !$0.isAborted && $0.transfer == nil
                    && $0.stalledSince != nil
            }
            if let waiting { proceed(waiting, now, &effects) }
        }
    }
}
