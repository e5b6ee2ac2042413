package import Domain

/// What became of one sequence in a finished step.
package enum SequenceOutcome: Hashable, Sendable {
    /// It produced this token and goes on.
    case generated(SequenceID, TokenID)
    /// It produced this token, which was its last; its blocks are returned.
    case ended(SequenceID, TokenID, Ending)
    /// It had been cancelled; its blocks are returned now.
    case left(SequenceID)

    package enum Ending: Hashable, Sendable {
        /// The token is one of those that end it.
        case stopToken
        /// It has as many tokens as it may have.
        case length
    }
}

extension GroupScheduler {
    /// Books a finished step; `false`, and nothing booked, for one of a time when the group had a
    /// member that is lost. `sampled` has one token for each entry that samples, in the order of
    /// the entries. Sequences that ended or left are out of the group, and the caller removes them
    /// from the table.
    @discardableResult
    package mutating func finish(
        _ id: StepID, sampled: [TokenID], table: inout SequenceTable,
        stores: inout [BlockStore], outcomes: inout [SequenceOutcome]
    ) -> Bool {
        guard let slot = takeFromFlight(id) else { return false }
        var samples = 0
        lastPromptCount = 0
        for place in 0..<batches[slot].step.entryCount {
            let entry = batches[slot].step.entry(place)
            var token: TokenID?
            if entry.tokens.count > 1 { lastPromptCount += entry.tokens.count }
            if entry.output.sample {
                precondition(samples < sampled.count, "a token per sampling entry")
                token = sampled[samples]
                samples += 1
            }
            if let outcome = finish(entry, token, &table, &stores) { outcomes.append(outcome) }
        }
        return true
    }

    /// Books a step that failed: nothing of it counts. Later chunks of its sequences may still be
    /// in flight.
    package mutating func abandon(_ id: StepID, table: inout SequenceTable) -> [SequenceID] {
        guard let slot = takeFromFlight(id) else { return [] }
        let entries = batches[slot].step.entries
        for entry in entries { table[entry.sequence].inFlightCount -= entry.tokens.count }
        return entries.map(\.sequence)
    }

    /// The step's place, which is free from now on.
    private mutating func takeFromFlight(_ id: StepID) -> Int? {
        guard let slot = slot(of: id) else { return nil }
        batches[slot].isInFlight = false
        stepsInFlight -= 1
        return slot
    }

    /// No step in flight will be heard of any more. Returns the cancelled sequences that only
    /// waited for theirs; they are out of the group.
    package mutating func abandonSteps(
        _ table: inout SequenceTable, _ stores: inout [BlockStore]
    ) -> [SequenceID] {
        for slot in batches.indices { batches[slot].isInFlight = false }
        stepsInFlight = 0
        for id in running { table[id].inFlightCount = 0 }
        let left = running.filter { table[$0].phase == .leaving }
        for id in left { remove(id, from: &table, &stores) }
        return left
    }

    private mutating func finish(
        _ entry: StepEntry, _ token: TokenID?, _ table: inout SequenceTable,
        _ stores: inout [BlockStore]
    ) -> SequenceOutcome? {
        let outcome = book(entry, token, &table[entry.sequence])
        switch outcome {
        case nil, .generated: break
        case .ended, .left: remove(entry.sequence, from: &table, &stores)
        }
        return outcome
    }

    private mutating func book(
        _ entry: StepEntry, _ token: TokenID?, _ sequence: inout SequenceState
    ) -> SequenceOutcome? {
        sequence.inFlightCount -= entry.tokens.count
        if sequence.phase == .leaving {
            return sequence.isInFlight ? nil : .left(entry.sequence)
        }
        precondition(entry.firstPosition == sequence.computedCount, "chunks out of order")
        sequence.computedCount += entry.tokens.count
        registerFullSpans(of: &sequence)
        guard let token else { return nil }
        sequence.tokens.append(token)
        if let reason = finishReason(of: sequence, after: token) {
            return .ended(entry.sequence, token, reason)
        }
        return .generated(entry.sequence, token)
    }

    private func finishReason(
        of sequence: SequenceState, after token: TokenID
    ) -> SequenceOutcome.Ending? {
        let generated = sequence.generatedCount
        if generated >= sequence.stop.minTokens, sequence.stop.stopTokens.contains(token) {
            return .stopToken
        }
        let isFull = sequence.tokens.count >= configuration.maxModelLength
        return generated >= sequence.stop.maxTokens || isFull ? .length : nil
    }
}
