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
    /// Books a finished step. `sampled` has one token for each entry that samples, in the order of
    /// the entries. Sequences that ended or left are out of the group, and the caller removes them
    /// from the table.
    package mutating func finish(
        _ step: Step, sampled: [TokenID], table: inout SequenceTable,
        stores: inout [BlockStore], outcomes: inout [SequenceOutcome]
    ) {
        precondition(stepsInFlight > 0)
        stepsInFlight -= 1
        var samples = sampled.makeIterator()
        for entry in step.entries {
            let token = entry.output.sample ? samples.next() : nil
            precondition(entry.output.sample == (token != nil), "a token per sampling entry")
            if let outcome = finish(entry, token, &table, &stores) { outcomes.append(outcome) }
        }
    }

    /// Books a step that failed: nothing of it counts. Later chunks of its sequences may still be
    /// in flight.
    package mutating func abandon(_ step: Step, table: inout SequenceTable) -> [SequenceID] {
        stepsInFlight -= 1
        for entry in step.entries { table[entry.sequence].inFlightCount -= entry.tokens.count }
        return step.entries.map(\.sequence)
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
