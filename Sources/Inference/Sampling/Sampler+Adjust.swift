internal import Domain

extension Sampler {
    /// Bias, suppressed tokens and penalties, in place. Tokens outside the vocabulary are
    /// ignored.
    func adjust(
        _ logits: UnsafeMutableBufferPointer<Float>, _ parameters: SamplingParameters,
        _ history: TokenHistory, _ suppressed: [TokenID]
    ) {
        for entry in parameters.logitBias where entry.token.index < vocabularySize {
            logits[entry.token.index] += entry.bias
        }
        for token in suppressed where token.index < vocabularySize {
            logits[token.index] = -.infinity
        }
        guard parameters.usesHistory else { return }
        for entry in history.entries where entry.token.index < vocabularySize {
            let index = entry.token.index
            logits[index] = penalised(logits[index], entry, parameters)
        }
    }

    private func penalised(
        _ logit: Float, _ entry: TokenHistory.Entry, _ parameters: SamplingParameters
    ) -> Float {
        let repetition = parameters.repetitionPenalty
        var logit = logit > 0 ? logit / repetition : logit * repetition
        guard entry.generated > 0 else { return logit }
        logit -= parameters.frequencyPenalty * Float(entry.generated)
        return logit - parameters.presencePenalty
    }

    /// Logits as distances from the largest in units of the temperature; not-a-number becomes −∞.
    func scale(
        _ logits: UnsafeMutableBufferPointer<Float>, largest: Float, temperature: Float
    ) {
        for index in logits.indices {
            let scaled = (logits[index] - largest) / temperature
            logits[index] = scaled <= 0 ? scaled : -.infinity
        }
    }
}
