internal import Domain
internal import Planning
internal import Scheduling

/// KV of sequences that must give way goes to host memory and comes back, instead of being computed
/// again: of all under the baseline policy `swap` (InferCept; vLLM's swapping), and of batch
/// requests, which come back to any group.
extension Cell {
    /// A sequence stands still because its group has run out of blocks.
    mutating func evict(_ id: SequenceID, from group: GroupID, _ effects: inout [Effect]) {
        guard configuration.overloadPolicy == .swap || isBatch(id) else {
            effects.append(.note(.preempted(id, lostTokens: table[id].computedCount)))
            groups[group].preempt(id, &table, &stores)
            return
        }
        swapped.append(
            SwappedSequence(sequence: id, group: group, since: time, phase: .stalling))
        leaveForHost(id, &effects)
    }

    /// Sends a stalled sequence's KV to host memory; it computes anew when that is full.
    mutating func leaveForHost(_ id: SequenceID, _ effects: inout [Effect]) {
        let place = swapped.firstIndex { $0.sequence == id && $0.phase == .stalling }
        guard let index = place, let group = swapped[index].group else {
            preconditionFailure("\(id) is not about to leave")
        }
        let count = groups[group].spansNeeded(for: table[id].computedCount)
        guard count > 0, hostStore.freeCount >= count else {
            swapped.remove(at: index)
            effects.append(.note(.preempted(id, lostTokens: table[id].computedCount)))
            giveUp(id, in: group)
            return
        }
        let spans = table[id].spans.prefix(count)
        groups[group].retain(spans)
        let blocks = (0..<count).compactMap { _ in hostStore.allocate() }
        let copies = groups[group].stages.indices.map { stage in
            hostCopy(spans, group, stage, blocks, isLeaving: true)
        }
        let transfer = nextTransfer()
        swapped[index].hostBlocks = blocks
        swapped[index].spans = Array(spans)
        swapped[index].phase = .leaving
        swapped[index].transfer = transfer
        effects.append(.transfer(Transfer(id: transfer, sequence: id, copies: copies)))
    }

    /// A sequence gives its blocks back and waits, with nothing of its KV left.
    private mutating func giveUp(_ id: SequenceID, in group: GroupID) {
        if isBatch(id) {
            groups[group].withdraw(id, &table, &stores)
            queueBatch(id)
        } else {
            groups[group].preempt(id, &table, &stores)
        }
    }

    private func hostCopy(
        _ spans: ArraySlice<SpanID>, _ group: GroupID, _ stage: Int, _ host: [BlockID],
        isLeaving: Bool
    ) -> KVCopy {
        let member = groups[group].stages[stage]
        let blocks = spans.map { groups[group].pool.block($0, stage: stage) }
        let device = KVPlace.instance(member.instance)
        return KVCopy(
            layers: member.range.layers,
            from: isLeaving ? device : .host, sources: isLeaving ? blocks : host,
            to: isLeaving ? .host : device, targets: isLeaving ? host : blocks)
    }

    /// Brings sequences back in order of arrival, as soon as their blocks are free; new sequences
    /// leave those blocks alone.
    mutating func swapIn(_ effects: inout [Effect]) {
        for group in groups.ids where groups[group].setAside > 0 || hasSwapped(group) {
            var expected = 0
            while let index = firstAway(of: group) {
                let needed = groups[group].spansNeeded(
                    for: table[swapped[index].sequence].tokens.count)
                guard let spans = reserveForReturn(needed, group) else {
                    expected = needed
                    break
                }
                bringBack(index, to: group, spans, &effects)
            }
            setAside(expected, in: group, &effects)
        }
    }

    func hasSwapped(_ group: GroupID) -> Bool { swapped.contains { $0.group == group } }

    private func firstAway(of group: GroupID) -> Int? {
        let away = swapped.indices.filter {
            swapped[$0].phase == .away && swapped[$0].group == group
        }
        return away.min {
            table[swapped[$0].sequence].arrival < table[swapped[$1].sequence].arrival
        }
    }

    private mutating func reserveForReturn(_ needed: BlockCount, _ group: GroupID) -> [SpanID]? {
        let share = groups[group].running.isEmpty ? 0 : configuration.scheduler.watermark
        let spare = Int(Double(groups[group].pool.capacity(stores)) * share)
        guard groups[group].pool.freeCount(stores) >= needed + spare else { return nil }
        return groups[group].reserve(needed, &stores)
    }

    /// A batch request comes back to a group that has so many spans for it.
    mutating func comeBack(
        _ index: Int, to group: GroupID, _ needed: BlockCount, _ effects: inout [Effect]
    ) {
        guard let spans = groups[group].reserve(needed, &stores) else {
            preconditionFailure("\(group) has no room")
        }
        assign(swapped[index].sequence, to: group)
        swapped[index].group = group
        bringBack(index, to: group, spans, &effects)
    }

    private mutating func bringBack(
        _ index: Int, to group: GroupID, _ spans: [SpanID], _ effects: inout [Effect]
    ) {
        let host = swapped[index].hostBlocks
        let copies = groups[group].stages.indices.map { stage in
            hostCopy(spans.prefix(host.count), group, stage, host, isLeaving: false)
        }
        let transfer = nextTransfer()
        swapped[index].spans = spans
        swapped[index].phase = .returning
        swapped[index].transfer = transfer
        effects.append(
            .transfer(
                Transfer(id: transfer, sequence: swapped[index].sequence, copies: copies)))
    }

    mutating func swapFinished(
        _ transfer: TransferID, _ failure: String?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard let index = swapped.firstIndex(where: { $0.transfer == transfer }) else {
            preconditionFailure("no transfer \(transfer) is expected")
        }
        let entry = swapped[index]
        guard let group = entry.group else {
            preconditionFailure("a transfer of a sequence that is away")
        }
        swapped[index].transfer = nil
        switch entry.phase {
        case .leaving: finishLeaving(index, group, failure, &effects)
        case .returning: finishReturning(index, group, failure, now, &effects)
        case .stalling, .away: preconditionFailure("a transfer of a sequence that is away")
        }
        plan(group, &effects)
    }

    private mutating func finishLeaving(
        _ index: Int, _ group: GroupID, _ failure: String?, _ effects: inout [Effect]
    ) {
        let entry = swapped[index]
        groups[group].release(entry.spans, &stores)
        swapped[index].spans = []
        if entry.isAborted {
            forgetHostBlocks(index)
        } else if let failure {
            forgetHostBlocks(index)
            startAnew(entry.sequence, in: group, .transferFailed(failure), &effects)
        } else {
            groups[group].detach(entry.sequence, &table, &stores, swapped: true)
            services[entry.sequence.index].lastToken = nil
            swapped[index].phase = .away
            if isBatch(entry.sequence) {
                swapped[index].group = nil
                queueBatch(entry.sequence)
            }
            effects.append(.note(.swappedOut(entry.sequence, entry.hostBlocks.count)))
        }
    }

    private mutating func finishReturning(
        _ index: Int, _ group: GroupID, _ failure: String?, _ now: Instant,
        _ effects: inout [Effect]
    ) {
        let entry = swapped[index]
        forgetHostBlocks(index)
        if entry.isAborted || failure != nil {
            groups[group].release(entry.spans, &stores)
            guard !entry.isAborted else { return }
            groups[group].requeue(entry.sequence, &table)
        } else {
            groups[group].attach(entry.sequence, spans: entry.spans, &table)
            effects.append(
                .note(
                    .swappedIn(
                        entry.sequence, entry.hostBlocks.count, waited: now - entry.since)))
        }
    }

    private mutating func forgetHostBlocks(_ index: Int) {
        for block in swapped[index].hostBlocks { hostStore.release(block) }
        swapped.remove(at: index)
    }

    /// The group is about to end. What lies in host memory goes with its instance, so those
    /// sequences wait for another to compute them anew.
    mutating func interruptSwaps(in group: GroupID) {
        for id in swapped.filter({ $0.group == group && !$0.isAborted }).map(\.sequence) {
            guard let index = swapped.firstIndex(where: { $0.sequence == id && !$0.isAborted })
            else { continue }
            let isAway = swapped[index].isOut
            forgetSwapped(id)
            if isAway { groups[group].requeue(id, &table) }
        }
    }

    /// A swapped sequence has ended: what it holds is returned as soon as no transfer touches it.
    mutating func forgetSwapped(_ id: SequenceID) {
        let place = swapped.firstIndex { $0.sequence == id && !$0.isAborted }
        guard let index = place else { return }
        if swapped[index].transfer == nil {
            forgetHostBlocks(index)
        } else {
            swapped[index].isAborted = true
        }
    }
}
