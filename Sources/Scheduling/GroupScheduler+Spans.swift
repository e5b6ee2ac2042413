package import Domain

extension GroupScheduler {
    /// Spans that a sequence lacks to hold `tokens` slots.
    func missingSpans(for tokens: TokenCount, _ sequence: SequenceState) -> BlockCount {
        max(0, spansNeeded(for: tokens) - sequence.spanCount)
    }

    /// Whether a sequence lacks spans to hold its known tokens.
    func lacksSpans(_ sequence: SequenceState) -> Bool {
        sequence.tokens.count > sequence.spanCount * configuration.blockSize
    }

    func hasRoom(
        for tokens: TokenCount, _ sequence: SequenceState, _ stores: [BlockStore]
    ) -> Bool {
        missingSpans(for: tokens, sequence) <= pool.freeCount(stores)
    }

    /// Gives a sequence the spans of all its known tokens, which the caller knows to be free.
    mutating func reserveSpans(for sequence: inout SequenceState, _ stores: inout [BlockStore]) {
        for _ in 0..<missingSpans(for: sequence.tokens.count, sequence) {
            guard let span = pool.allocate(near: sequence.spans.last, &stores) else {
                preconditionFailure("no free span")
            }
            sequence.spans.append(span)
        }
    }

    /// Lets a sequence without blocks hold the cached spans of its longest known prefix. At least
    /// one token stays to be computed, for its logits choose the next one.
    mutating func shareCachedPrefix(with sequence: inout SequenceState) {
        precondition(sequence.spans.isEmpty && sequence.computedCount == 0)
        guard configuration.isPrefixCaching, !sequence.wantsPromptLogprobs else { return }
        let limit = (sequence.tokens.count - 1) / configuration.blockSize
        let shared = holdCachedPrefix(of: sequence.tokens, limit: limit)
        sequence.spans = shared.spans
        sequence.registeredCount = shared.spans.count
        sequence.registeredPrefix = shared.prefix
        sequence.computedCount = shared.spans.count * configuration.blockSize
    }

    /// Retains the spans of the longest findable prefix of `tokens`, at most `limit`.
    package mutating func holdCachedPrefix(
        of tokens: [TokenID], limit: BlockCount
    ) -> (spans: [SpanID], prefix: PrefixID) {
        let size = configuration.blockSize
        var spans: [SpanID] = []
        var prefix = PrefixID.empty
        while spans.count < limit,
            let found = pool.find(
                tokens[spans.count * size..<(spans.count + 1) * size], after: prefix)
        {
            pool.retain(found.span)
            spans.append(found.span)
            prefix = found.prefix
        }
        return (spans, prefix)
    }

    /// Makes the spans that have become full findable.
    mutating func registerFullSpans(of sequence: inout SequenceState) {
        guard pool.isCaching else { return }
        let size = configuration.blockSize
        while (sequence.registeredCount + 1) * size <= sequence.computedCount {
            let index = sequence.registeredCount
            sequence.registeredPrefix = pool.register(
                sequence.spans[index], after: sequence.registeredPrefix,
                tokens: sequence.tokens[index * size..<(index + 1) * size])
            sequence.registeredCount += 1
        }
    }

    /// Preempts the last running sequence that no step computes: its blocks are returned and it
    /// waits in its old place. `false` when there is none.
    mutating func preemptLast(
        _ table: inout SequenceTable, _ stores: inout [BlockStore],
        _ events: inout [SchedulingEvent]
    ) -> Bool {
        let candidate = running.lastIndex { table[$0].phase == .running && !table[$0].isInFlight }
        guard let position = candidate else { return false }
        let id = running[position]
        events.append(.preempted(id, lostTokens: table[id].computedCount))
        preempt(id, &table, &stores)
        draft.hasFreed = true
        return true
    }

    /// Takes a running or stalled sequence's blocks; it waits in its old place and starts anew.
    package mutating func preempt(
        _ id: SequenceID, _ table: inout SequenceTable, _ stores: inout [BlockStore]
    ) {
        precondition(!table[id].isInFlight)
        remove(id, from: &table, &stores)
        table[id].computedCount = 0
        table[id].phase = .waiting
        enqueue(id, in: table)
    }
}
