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
        outcomes: inout [SequenceOutcome]
    ) {
        precondition(stepsInFlight > 0)
        stepsInFlight -= 1
        var samples = sampled.makeIterator()
        for entry in step.entries {
            let token = entry.output.sample ? samples.next() : nil
            precondition(entry.output.sample == (token != nil), "a token per sampling entry")
            finish(entry, token, &table, &outcomes)
        }
    }

    /// Books a step that failed: nothing of it counts, its sequences may be planned again.
    package mutating func abandon(_ step: Step, table: inout SequenceTable) -> [SequenceID] {
        stepsInFlight -= 1
        for entry in step.entries { table[entry.sequence].inFlightCount = 0 }
        return step.entries.map(\.sequence)
    }

    /// Takes out a sequence that was leaving when its step failed.
    package mutating func drop(_ id: SequenceID, from table: inout SequenceTable) {
        precondition(table[id].phase == .leaving && !table[id].isInFlight)
        remove(id, from: &table)
    }

    private mutating func finish(
        _ entry: StepEntry, _ token: TokenID?, _ table: inout SequenceTable,
        _ outcomes: inout [SequenceOutcome]
    ) {
        let id = entry.sequence
        precondition(table[id].inFlightCount == entry.tokens.count)
        table[id].inFlightCount = 0
        table[id].computedCount += entry.tokens.count
        registerFullBlocks(of: &table[id])
        if table[id].phase == .leaving {
            remove(id, from: &table)
            outcomes.append(.left(id))
        } else if let token {
            table[id].tokens.append(token)
            if let reason = finishReason(of: table[id], after: token) {
                remove(id, from: &table)
                outcomes.append(.ended(id, token, reason))
            } else {
                outcomes.append(.generated(id, token))
            }
        }
    }

    private func finishReason(
        of sequence: SequenceState, after token: TokenID
    ) -> FinishReason? {
        let stop = sequence.stop
        if sequence.generatedCount >= stop.minTokens, stop.stopTokens.contains(token) {
            return .stopToken(token)
        }
        let isFull = sequence.tokens.count >= maxSequenceLength
        return sequence.generatedCount >= stop.maxTokens || isFull ? .length : nil
    }
}
