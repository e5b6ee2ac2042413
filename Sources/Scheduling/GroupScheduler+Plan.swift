package import Domain

/// A decision that the cell passes on to those who watch.
package enum SchedulingEvent: Hashable, Sendable {
    /// A sequence runs for the first time, with this many prompt tokens from the prefix cache.
    case started(SequenceID, cachedTokens: TokenCount)
    /// A sequence gave its blocks back and will recompute this many tokens.
    case preempted(SequenceID, lostTokens: TokenCount)
    /// A sequence stands still until its KV has been copied to host memory; then its blocks are
    /// returned.
    case evicting(SequenceID)
}

/// What came of planning.
package enum PlannedStep: Sendable {
    case step(Step)
    case nothing
    /// Nothing yet, but sequences that gave their blocks back may have made room for others.
    case again
}

extension GroupScheduler {
    /// Plans the next step, unless there is nothing to run or enough in flight. Reserves
    /// everything the step needs and marks its sequences as in flight.
    ///
    /// Decodes come first, then the prompts under way, then new sequences. Complexity:
    /// O(running + tokens of the step + spans of its sequences); in the steady state it allocates
    /// nothing, for it fills the arrays of a step that is finished.
    package mutating func planStep(
        id: StepID, table: inout SequenceTable, stores: inout [BlockStore],
        events: inout [SchedulingEvent]
    ) -> PlannedStep {
        guard isRunning, stepsInFlight < maxStepsInFlight else { return .nothing }
        guard !running.isEmpty || waitingCount > 0 else { return .nothing }
        prepareDraft()
        takeDecodes(&table, &stores, &events)
        if isPipeline, let lookahead = configuration.lookahead {
            admit(&table, &stores, &events) { $0.pendingCount == 1 }
            takePrompts(of: lookahead, &table)
        } else {
            // Where all that run decode, no prompt is under way.
            if draft.entryCount < running.count { takePrompts(&table) }
            if draft.budget > 0 { admit(&table, &stores, &events) { _ in true } }
        }
        guard draft.entryCount > 0 else { return draft.hasFreed ? .again : .nothing }
        if !draft.repeatsAll(of: &batches[draft.slot].step) { writeFurtherTables(table) }
        batches[draft.slot].launch(id, releases: pool.releases)
        stepsInFlight += 1
        return .step(batches[draft.slot].step)
    }

    /// Begins a step in the memory of one that is over.
    private mutating func prepareDraft() {
        var slot = draft.slot
        repeat { slot = slot + 1 < batches.count ? slot + 1 : 0 } while batches[slot].isInFlight
        draft = StepDraft(slot: slot, budget: configuration.maxBatchedTokens)
        if batches[slot].releases != pool.releases { draft.cut(&batches[slot].step) }
    }

    /// The block tables of all entries for the stages after the first, whose tables are written as
    /// entries join.
    private mutating func writeFurtherTables(_ table: SequenceTable) {
        for stage in stages.indices.dropFirst() {
            for place in 0..<batches[draft.slot].step.entryCount {
                let entry = batches[draft.slot].step.entry(place)
                writeBlocks(under: table[entry.sequence].spans[..<entry.blocks.count], stage)
            }
        }
    }

    /// One token of each sequence that is done with its prompt, in order of precedence. A pipeline
    /// shares its decodes out among the steps that it keeps in flight.
    private mutating func takeDecodes(
        _ table: inout SequenceTable, _ stores: inout [BlockStore],
        _ events: inout [SchedulingEvent]
    ) {
        var quota = Int.max
        if isPipeline {
            let decodes = running.count { table[$0].pendingCount == 1 }
            quota = (decodes + stages.count - 1) / stages.count
        }
        var position = 0
        while position < running.count, draft.budget > 0, quota > 0 {
            let id = running[position]
            position += 1
            guard table[id].isReadyToDecode else { continue }
            if lacksSpans(table[id]) {
                guard makeRoom(for: id, &table, &stores, &events) else {
                    if configuration.eviction == .swap { continue }
                    return
                }
                reserveSpans(for: &table[id], &stores)
            }
            appendDecode(of: &table[id])
            quota -= 1
        }
    }

    /// Preempts the last sequences until `id` can grow; `false` when it cannot, or was itself the
    /// last.
    private mutating func makeRoom(
        for id: SequenceID, _ table: inout SequenceTable, _ stores: inout [BlockStore],
        _ events: inout [SchedulingEvent]
    ) -> Bool {
        while !hasRoom(for: table[id].tokens.count, table[id], stores) {
            draft.isShort = true
            if configuration.eviction == .swap {
                evictLast(&table, &events)
                return false
            }
            guard preemptLast(&table, &stores, &events), table[id].phase == .running else {
                return false
            }
        }
        return true
    }

    /// Makes the last running sequence that no step computes stand still, unless one does already.
    private mutating func evictLast(
        _ table: inout SequenceTable, _ events: inout [SchedulingEvent]
    ) {
        guard !running.contains(where: { table[$0].phase == .stalled }) else { return }
        let last = running.last { table[$0].phase == .running && !table[$0].isInFlight }
        guard let last else { return }
        stall(last, &table)
        events.append(.evicting(last))
        // Where host memory is full it gives its blocks back at once.
        draft.hasFreed = true
    }

    /// Chunks of prompts under way; their spans have been theirs since admission.
    private mutating func takePrompts(_ table: inout SequenceTable) {
        var position = 0
        while position < running.count, draft.budget > 0 {
            let id = running[position]
            position += 1
            guard hasPrompt(table[id]) else { continue }
            append(table[id].plannableCount, of: &table[id])
        }
    }

    /// Chunks of prompts under way that cost as much as those of the steps to come.
    private mutating func takePrompts(
        of lookahead: Lookahead, _ table: inout SequenceTable
    ) {
        guard draft.budget > 0 else { return }
        chunks.removeAll(keepingCapacity: true)
        for id in running where hasPrompt(table[id]) {
            chunks.append(
                PromptChunk(
                    sequence: id, prefix: table[id].computedCount + table[id].inFlightCount,
                    count: table[id].plannableCount))
        }
        let queued = chunks.reduce(0) { $0 + $1.count }
        var lookahead = lookahead
        lookahead.adapt(
            to: stages.count, queued: queued, inFlight: promptTokensInFlight(table),
            hasDecodes: draft.entryCount > 0)
        lookahead.maxTokens = min(lookahead.maxTokens, draft.budget)
        lookahead.firstBatch(of: chunks, into: &batch)
        for chunk in batch { append(chunk.count, of: &table[chunk.sequence]) }
    }

    /// Prompt tokens in the steps under way.
    private func promptTokensInFlight(_ table: SequenceTable) -> TokenCount {
        running.reduce(0) { $0 + (table[$1].pendingCount > 1 ? table[$1].inFlightCount : 0) }
    }

    /// Whether prompt tokens of the sequence may join a step now.
    private func hasPrompt(_ sequence: SequenceState) -> Bool {
        sequence.phase == .running && sequence.pendingCount > 1 && sequence.plannableCount > 0
            && (isPipeline || !sequence.isInFlight)
    }

    /// Admits new sequences in order, as long as the next one fits and the step has room; those
    /// that `joins` holds for are part of the step at once.
    private mutating func admit(
        _ table: inout SequenceTable, _ stores: inout [BlockStore],
        _ events: inout [SchedulingEvent], joins: (SequenceState) -> Bool
    ) {
        if draft.isShort { lacksBlocks = true }
        while waitingCount > 0, isAccepting, !draft.isShort, draft.budget > 0,
            seatedCount < maxRunning, let id = waiting.first(in: table)
        {
            lacksBlocks = !admit(id, &table, &stores, &events)
            guard !lacksBlocks else { return }
            guard joins(table[id]) else { continue }
            append(table[id].plannableCount, of: &table[id])
        }
    }

    /// Moves the first waiting sequence to running if the blocks of all its known tokens are free.
    /// An empty group takes a sequence even below its reserve, for nothing else would ever free
    /// more.
    private mutating func admit(
        _ id: SequenceID, _ table: inout SequenceTable, _ stores: inout [BlockStore],
        _ events: inout [SchedulingEvent]
    ) -> Bool {
        shareCachedPrefix(with: &table[id])
        let missing = missingSpans(for: table[id].tokens.count, table[id])
        guard pool.freeCount(stores) >= missing + margin(stores) else {
            releaseSpans(of: &table[id], &stores)
            table[id].computedCount = 0
            return false
        }
        removeFirstWaiting(table[id])
        reserveSpans(for: &table[id], &stores)
        insertIntoRunning(id, table)
        table[id].phase = .running
        countPrefixLookup(of: table[id])
        if !table[id].hasStarted {
            table[id].hasStarted = true
            table[id].cachedTokens = table[id].computedCount
            events.append(.started(id, cachedTokens: table[id].computedCount))
        }
        return true
    }

    /// Spans that admission leaves free, so that those that run can grow for a while.
    private func margin(_ stores: [BlockStore]) -> BlockCount {
        guard !running.isEmpty || setAside > 0 else { return 0 }
        let reserve = Double(pool.capacity(stores)) * configuration.watermark
        return BlockCount(reserve) + setAside
    }

    private mutating func countPrefixLookup(of sequence: SequenceState) {
        guard configuration.isPrefixCaching else { return }
        prefixQueriedTokens += sequence.tokens.count
        prefixHitTokens += sequence.computedCount
    }

    /// `running` stays in order of precedence, so that the last one is the one to preempt.
    package mutating func insertIntoRunning(_ id: SequenceID, _ table: SequenceTable) {
        let precedence = Precedence(of: table[id], in: configuration.order)
        var position = running.count
        while position > 0 {
            let other = Precedence(of: table[running[position - 1]], in: configuration.order)
            if other < precedence { break }
            position -= 1
        }
        running.insert(id, at: position)
    }

    /// Appends the one token that lacks its KV, which is most often what an older step did too.
    private mutating func appendDecode(of sequence: inout SequenceState) {
        let first = sequence.computedCount
        let size = configuration.blockSize
        let held = sequence.spanCount
        // A sequence that has grown holds no more than it needs; to divide takes longer.
        let blocks = first >= (held - 1) * size ? held : spansNeeded(for: first + 1)
        if draft.repeatDecode(
            of: sequence.id, at: first, sequence.tokens[first], blocks: blocks,
            in: &batches[draft.slot].step)
        {
            sequence.inFlightCount += 1
        } else {
            append(1, of: &sequence)
        }
    }

    /// Appends up to `count` tokens within the budget as one entry.
    mutating func append(_ count: TokenCount, of sequence: inout SequenceState) {
        let taken = min(count, draft.budget)
        let first = sequence.computedCount + sequence.inFlightCount
        let blocks = spansNeeded(for: first + taken)
        let output = StepOutput(
            sample: first + taken == sequence.tokens.count,
            promptLogprobs: sequence.wantsPromptLogprobs && first + 1 < sequence.promptCount)
        sequence.inFlightCount += taken
        draft.add(
            sequence.tokens[first..<(first + taken)], of: sequence.id, at: first, blocks: blocks,
            output: output, to: &batches[draft.slot].step)
        writeBlocks(under: sequence.spans[..<blocks], 0)
    }

    private mutating func writeBlocks(under spans: ArraySlice<SpanID>, _ stage: Int) {
        pool.addBlocks(under: spans, stage: stage, to: &batches[draft.slot].step)
    }
}
