package import Domain

/// What became of one sequence in a finished step.
package enum SequenceOutcome: Hashable, Sendable {
    /// It produced this token and goes on.
    case generated(SequenceID, TokenID)
    /// It produced this token, which was its last; its blocks are returned.
    case ended(SequenceID, TokenID, FinishReason)
    /// It had been cancelled; its blocks are returned now.
    case left(SequenceID)
}

extension GroupScheduler {
    /// Books a finished step; `false`, and nothing booked, for one of a time when the group had a
    /// member that is lost. `sampled` has one token for each entry that samples, in the order of
    /// the entries. Sequences that ended or left are out of the group, and the caller removes them
    /// from the table.
    @discardableResult
    package mutating func finish(
        _ step: Step, sampled: [TokenID], table: inout SequenceTable,
        stores: inout [BlockStore], outcomes: inout [SequenceOutcome]
    ) -> Bool {
        guard forget(step) else { return false }
        var samples = sampled.makeIterator()
        for entry in step.entries {
            let token = entry.output.sample ? samples.next() : nil
            precondition(entry.output.sample == (token != nil), "a token per sampling entry")
            if let outcome = finish(entry, token, &table, &stores) { outcomes.append(outcome) }
        }
        if used.count < maxStepsInFlight + 2 { used.append(step) }
        return true
    }

    /// Books a step that failed: nothing of it counts. Later chunks of its sequences may still be
    /// in flight.
    package mutating func abandon(_ step: Step, table: inout SequenceTable) -> [SequenceID] {
        guard forget(step) else { return [] }
        for entry in step.entries { table[entry.sequence].inFlightCount -= entry.tokens.count }
        return step.entries.map(\.sequence)
    }

    private mutating func forget(_ step: Step) -> Bool {
        guard let place = inFlight.firstIndex(of: step.id) else { return false }
        inFlight.remove(at: place)
        return true
    }

    /// No step in flight will be heard of any more. Returns the cancelled sequences that only
    /// waited for theirs; they are out of the group.
    package mutating func abandonSteps(
        _ table: inout SequenceTable, _ stores: inout [BlockStore]
    ) -> [SequenceID] {
        inFlight.removeAll()
        for id in running { table[id].inFlightCount = 0 }
        let left = running.filter { table[$0].phase == .leaving }
        for id in left { remove(id, from: &table, &stores) }
        return left
    }

    private mutating func finish(
        _ entry: StepEntry, _ token: TokenID?, _ table: inout SequenceTable,
        _ stores: inout [BlockStore]
    ) -> SequenceOutcome? {
        let id = entry.sequence
        table[id].inFlightCount -= entry.tokens.count
        if table[id].phase == .leaving {
            guard !table[id].isInFlight else { return nil }
            remove(id, from: &table, &stores)
            return .left(id)
        }
        precondition(entry.firstPosition == table[id].computedCount, "chunks out of order")
        table[id].computedCount += entry.tokens.count
        registerFullSpans(of: &table[id])
        guard let token else { return nil }
        table[id].tokens.append(token)
        guard let reason = finishReason(of: table[id], after: token) else {
            return .generated(id, token)
        }
        remove(id, from: &table, &stores)
        return .ended(id, token, reason)
    }

    private func finishReason(
        of sequence: SequenceState, after token: TokenID
    ) -> FinishReason? {
        let stop = sequence.stop
        if sequence.generatedCount >= stop.minTokens, stop.stopTokens.contains(token) {
            return .stopToken(token)
        }
        let isFull = sequence.tokens.count >= configuration.maxModelLength
        return sequence.generatedCount >= stop.maxTokens || isFull ? .length : nil
    }
}
