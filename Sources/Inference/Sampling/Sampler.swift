internal import CKernels
package import Domain

/// Chooses tokens from logits: a pure function of logits, parameters, history, seed and position.
/// It holds nothing but scratch space, so that a step allocates only the logprobs it returns.
///
/// The order is vLLM's: logit bias, suppressed tokens, penalties, temperature, min-p, top-k,
/// top-p. Logprobs are those of the raw logits.
package struct Sampler {
    package let vocabularySize: Int
    let tier: KernelTier
    var descending: DescendingLogits
    /// Logits as they came, while logprobs are wanted.
    private var raw: [Float] = []
    /// What the cuts leave, most likely first.
    private(set) var kept: [Candidate] = []

    struct Candidate: Hashable {
        var token: TokenID
        /// Weight of the candidates up to and with this one.
        var cumulative: Double
    }

    /// Below this temperature the most likely token is taken.
    private static let smallestTemperature: Float = 1e-5

    package init(vocabularySize: Int, tier: KernelTier) {
        precondition(vocabularySize > 0)
        self.vocabularySize = vocabularySize
        self.tier = tier
        descending = DescendingLogits(vocabularySize: vocabularySize)
    }

    /// The token for `position` of the sequence whose tokens so far are `history`. `suppressed`
    /// may not be chosen. The logits are written over.
    package mutating func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, _ parameters: SamplingParameters,
        history: TokenHistory, position: TokenCount, suppressed: [TokenID] = []
    ) -> SampledToken {
        precondition(logits.count == vocabularySize)
        if parameters.logprobs != nil { remember(logits) }
        adjust(logits, parameters, history, suppressed)
        let token = choose(logits, parameters, position: position)
        guard let top = parameters.logprobs else { return SampledToken(token: token) }
        // Taken out while a pointer into it is used; no copy is made.
        var row: [Float] = []
        swap(&row, &raw)
        defer { swap(&row, &raw) }
        return row.withUnsafeBufferPointer { report($0, token, top: top) }
    }

    /// How likely `token` was by these logits, which predict it, with the `top` most likely ones.
    package mutating func promptLogprob(
        _ logits: UnsafeMutableBufferPointer<Float>, token: TokenID, top: Int
    ) -> SampledToken {
        precondition(logits.count == vocabularySize)
        return report(UnsafeBufferPointer(logits), token, top: top)
    }

    private mutating func remember(_ logits: UnsafeMutableBufferPointer<Float>) {
        raw.removeAll(keepingCapacity: true)
        raw.append(contentsOf: logits)
    }

    private mutating func choose(
        _ logits: UnsafeMutableBufferPointer<Float>, _ parameters: SamplingParameters,
        position: TokenCount
    ) -> TokenID {
        let best = argmax(logits)
        let largest = logits[best.index]
        guard parameters.temperature >= Self.smallestTemperature, largest.isFinite
        else { return best }
        scale(logits, largest: largest, temperature: parameters.temperature)
        let random = CounterRandom.uniform(seed: parameters.seed, position: position)
        let row = UnsafeBufferPointer(logits)
        descending.start(row, largest: 0)
        guard Cuts(parameters, vocabularySize: vocabularySize).areActive else {
            return draw(row, random) ?? best
        }
        cut(row, Cuts(parameters, vocabularySize: vocabularySize))
        return drawKept(random) ?? best
    }

    func argmax(_ logits: UnsafeMutableBufferPointer<Float>) -> TokenID {
        let index = tier.table.pointee.argmax(logits.baseAddress, logits.count)
        return TokenID(UInt32(min(index, vocabularySize - 1)))
    }

    mutating func keep(_ candidate: Candidate) { kept.append(candidate) }
    mutating func keepNone() { kept.removeAll(keepingCapacity: true) }
    mutating func keepFirst(_ count: Int) { kept.removeLast(kept.count - count) }
}
