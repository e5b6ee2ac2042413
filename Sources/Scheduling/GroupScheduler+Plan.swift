package import Domain

/// A decision that the cell passes on to those who watch.
package enum SchedulingEvent: Hashable, Sendable {
    /// A sequence runs for the first time, with this many prompt tokens from the prefix cache.
    case started(SequenceID, cachedTokens: TokenCount)
    /// A sequence gave its blocks back and will recompute this many tokens.
    case preempted(SequenceID, lostTokens: TokenCount)
}

extension GroupScheduler {
    /// Plans the next step, or `nil` when there is nothing to run or enough in flight. Reserves
    /// everything the step needs and marks its sequences as in flight.
    ///
    /// Decodes come first, then the prompts under way, then new sequences. Complexity:
    /// O(running + tokens of the step + blocks of its sequences).
    package mutating func planStep(
        id: StepID, table: inout SequenceTable, events: inout [SchedulingEvent]
    ) -> Step? {
        guard stepsInFlight < configuration.maxStepsInFlight else { return nil }
        var step = Step(id: id, group: group)
        var budget = configuration.maxBatchedTokens
        let preemptedAny = takeDecodes(&step, &budget, &table, &events)
        takePrompts(&step, &budget, &table)
        if !preemptedAny { admit(&step, &budget, &table, &events) }
        guard !step.entries.isEmpty else { return nil }
        stepsInFlight += 1
        return step
    }

    /// One token of each sequence that is done with its prompt, in order of precedence. Returns
    /// whether a sequence was preempted.
    private mutating func takeDecodes(
        _ step: inout Step, _ budget: inout TokenCount, _ table: inout SequenceTable,
        _ events: inout [SchedulingEvent]
    ) -> Bool {
        var preemptedAny = false
        var position = 0
        while position < running.count, budget > 0 {
            let id = running[position]
            position += 1
            guard table[id].phase == .running, !table[id].isInFlight, table[id].pendingCount == 1
            else { continue }
            while !hasRoom(for: table[id].tokens.count, table[id]) {
                preemptedAny = true
                guard preemptLast(&table, &events) else { return true }
                if table[id].phase == .waiting { return true }
            }
            reserveBlocks(for: &table[id])
            append(1, of: &table[id], to: &step, &budget)
        }
        return preemptedAny
    }

    /// Chunks of prompts under way; their blocks have been theirs since admission.
    private func takePrompts(
        _ step: inout Step, _ budget: inout TokenCount, _ table: inout SequenceTable
    ) {
        for id in running where budget > 0 {
            let sequence = table[id]
            guard sequence.phase == .running, !sequence.isInFlight, sequence.pendingCount > 1
            else { continue }
            append(sequence.pendingCount, of: &table[id], to: &step, &budget)
        }
    }

    /// New sequences in order, as long as the next one fits with all its known tokens.
    private mutating func admit(
        _ step: inout Step, _ budget: inout TokenCount, _ table: inout SequenceTable,
        _ events: inout [SchedulingEvent]
    ) {
        while budget > 0, running.count < configuration.maxRunning,
            let id = waiting.first(in: table), admit(id, &table, &events)
        {
            append(table[id].pendingCount, of: &table[id], to: &step, &budget)
        }
    }

    /// Moves the first waiting sequence to running if its blocks are free. An empty group takes a
    /// sequence even below the reserve, for nothing else would ever free more.
    private mutating func admit(
        _ id: SequenceID, _ table: inout SequenceTable, _ events: inout [SchedulingEvent]
    ) -> Bool {
        shareCachedPrefix(with: &table[id])
        let margin = running.isEmpty ? 0 : reserve
        guard pool.freeCount >= missingBlocks(for: table[id].tokens.count, table[id]) + margin
        else {
            releaseBlocks(of: &table[id])
            table[id].computedCount = 0
            return false
        }
        waiting.removeFirst()
        reserveBlocks(for: &table[id])
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

    private mutating func countPrefixLookup(of sequence: SequenceState) {
        guard configuration.isPrefixCaching else { return }
        prefixQueriedTokens += sequence.tokens.count
        prefixHitTokens += sequence.computedCount
    }

    /// `running` stays in order of precedence, so that the last one is the one to preempt.
    private mutating func insertIntoRunning(_ id: SequenceID, _ table: SequenceTable) {
        let precedence = Precedence(of: table[id], in: configuration.order)
        let position =
            running.lastIndex {
                Precedence(of: table[$0], in: configuration.order) < precedence
            }.map { $0 + 1 } ?? 0
        running.insert(id, at: position)
    }

    /// Appends up to `count` pending tokens within the budget as one entry.
    private func append(
        _ count: TokenCount, of sequence: inout SequenceState, to step: inout Step,
        _ budget: inout TokenCount
    ) {
        let taken = min(count, budget)
        let first = sequence.computedCount
        let firstToken = step.tokens.count
        let firstBlock = step.blocks.count
        let blockCount = blocksNeeded(for: first + taken, blockSize: configuration.blockSize)
        step.tokens.append(contentsOf: sequence.tokens[first..<(first + taken)])
        step.blocks.append(contentsOf: sequence.blocks[..<blockCount])
        step.entries.append(
            StepEntry(
                sequence: sequence.id,
                firstPosition: first,
                tokens: firstToken..<step.tokens.count,
                blocks: firstBlock..<step.blocks.count,
                output: StepOutput(
                    sample: first + taken == sequence.tokens.count,
                    promptLogprobs: sequence.wantsPromptLogprobs
                        && first + 1 < sequence.promptCount
                )
            ))
        sequence.inFlightCount = taken
        budget -= taken
    }
}
