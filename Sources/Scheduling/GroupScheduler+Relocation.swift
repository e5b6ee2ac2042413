package import Domain

/// The pieces of moving a sequence between groups, or to host memory and back. The cell decides
/// when; here the books of one group change.
extension GroupScheduler {
    /// Takes spans for what `sources` hold in another group. On an instance that is a member of
    /// both, the new span lies on the source's block; on the others it takes a free one. `nil`,
    /// and nothing taken, when a member has too few.
    package mutating func reserve(
        _ sources: ArraySlice<SpanID>, of other: SpanPool, _ stores: inout [BlockStore]
    ) -> [SpanID]? {
        let shared = pool.instances.map { other.instances.firstIndex(of: $0) }
        let fresh = zip(pool.instances, shared).filter { $0.1 == nil }.map(\.0)
        guard pool.makeFree(sources.count, on: fresh, &stores) else { return nil }
        var last: [BlockID]?
        return sources.map { source in
            var blocks: [BlockID] = []
            for (stage, instance) in pool.instances.enumerated() {
                if let place = shared[stage] {
                    let block = other.block(source, stage: place)
                    stores[instance.index].retain(block)
                    blocks.append(block)
                } else if let block = stores[instance.index].allocate(near: last?[stage]) {
                    blocks.append(block)
                }
            }
            last = blocks
            return pool.adopt(blocks)
        }
    }

    /// Takes `count` spans; `nil`, and nothing taken, when a member has too few blocks.
    package mutating func reserve(
        _ count: BlockCount, _ stores: inout [BlockStore]
    ) -> [SpanID]? {
        guard pool.freeCount(stores) >= count else { return nil }
        var spans: [SpanID] = []
        while spans.count < count, let span = pool.allocate(near: spans.last, &stores) {
            spans.append(span)
        }
        return spans
    }

    package mutating func retain(_ spans: ArraySlice<SpanID>) {
        for span in spans { pool.retain(span) }
    }

    package mutating func release(_ spans: [SpanID], _ stores: inout [BlockStore]) {
        for span in spans.reversed() { pool.release(span, &stores) }
    }

    /// Whether one more sequence may hold blocks.
    package var hasSeat: Bool { seatedCount < maxRunning }

    /// The sequence takes part in no further step until `resume`.
    package mutating func stall(_ id: SequenceID, _ table: inout SequenceTable) {
        precondition(table[id].phase == .running)
        table[id].phase = .stalled
        stalledCount += 1
    }

    package mutating func resume(_ id: SequenceID, _ table: inout SequenceTable) {
        precondition(table[id].phase == .stalled)
        table[id].phase = .running
        stalledCount -= 1
    }

    /// Takes a sequence that is in no step out of the group, to run elsewhere: its spans are
    /// returned, what is computed of it stays computed.
    package mutating func detach(
        _ id: SequenceID, _ table: inout SequenceTable, _ stores: inout [BlockStore],
        swapped: Bool = false
    ) {
        precondition(!table[id].isInFlight)
        remove(id, from: &table, &stores)
        table[id].phase = swapped ? .swapped : .stalled
    }

    /// Takes a detached sequence in; `spans`, already its own, hold its KV.
    package mutating func attach(
        _ id: SequenceID, spans: [SpanID], _ table: inout SequenceTable
    ) {
        precondition(table[id].phase == .stalled || table[id].phase == .swapped)
        precondition(spans.count >= spansNeeded(for: table[id].computedCount))
        table[id].spans = spans
        table[id].phase = .running
        registerFullSpans(of: &table[id])
        insertIntoRunning(id, table)
    }

    /// Takes a sequence that is in no step out of the group with nothing of its KV left: it starts
    /// anew wherever it is queued next.
    package mutating func withdraw(
        _ id: SequenceID, _ table: inout SequenceTable, _ stores: inout [BlockStore]
    ) {
        detach(id, &table, &stores)
        table[id].computedCount = 0
        table[id].phase = .waiting
    }

    /// A sequence that was away starts anew in this group's queue.
    package mutating func requeue(_ id: SequenceID, _ table: inout SequenceTable) {
        table[id].computedCount = 0
        table[id].phase = .waiting
        enqueue(id, in: table)
    }

    /// Takes what `firstWaiting` returned out of the queue.
    package mutating func dropFirstWaiting(in table: SequenceTable) {
        guard let id = waiting.first(in: table) else { return }
        removeFirstWaiting(table[id])
    }
}
