internal import Domain
internal import Inference

extension Sampler {
    /// Turns rows of logits into tokens and prompt logprobs.
    mutating func take(
        _ rows: LogitRows, of order: StepOrder, into samples: inout StepSamples
    ) {
        for index in rows.rows.indices {
            let row = rows.rows[index]
            let entry = order.step.entries[row.entry]
            let record = order.records[row.entry]
            let next = row.position + 1
            if entry.output.promptLogprobs, next < record.request.prompt.count {
                report(next, rows[index], record)
            } else if entry.output.sample, next == entry.firstPosition + entry.tokens.count {
                samples.sequences.append(entry.sequence)
                samples.tokens.append(sample(rows[index], next, record))
            }
        }
        for record in order.records { record.flushPromptLogprobs() }
    }

    private mutating func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, _ position: TokenCount,
        _ record: SequenceRecord
    ) -> SampledToken {
        sample(
            logits, record.request.sampling, history: record.history ?? TokenHistory(),
            position: position, suppressed: record.suppressedTokens)
    }

    /// How likely the prompt's token at `position` was; recomputed positions are not told twice.
    private mutating func report(
        _ position: TokenCount, _ logits: UnsafeMutableBufferPointer<Float>,
        _ record: SequenceRecord
    ) {
        guard position >= record.reportedPromptCount,
            let top = record.request.sampling.promptLogprobs
        else { return }
        record.reportedPromptCount = position + 1
        let token = record.request.prompt[position]
        record.promptLogprobs.append(promptLogprob(logits, token: token, top: top))
    }
}
