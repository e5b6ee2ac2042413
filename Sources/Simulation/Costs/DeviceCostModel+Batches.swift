package import Domain
package import Scheduling

extension DeviceCostModel {
    /// The same costs of the whole model in the form by which prompts are cut into batches, as
    /// `kunserve profile` would measure them: exact without attention for steps of `fillingTokens`
    /// and of many, and for a sequence that decodes alone.
    package var batchCosts: BatchCostModel {
        let layers = Double(layerCount)
        let few = Double(fillingTokens)
        let slope = (dense(Self.many) - dense(few)) / (Self.many - few)
        let base = dense(Self.many) - slope * Self.many + prefill.perStep
        let shared = max(0, layers * base) + head.reading + cpuPerStep
        let least = layers * layerSeconds(of: BatchLoad(decodingAfter: 0))
        return BatchCostModel(
            perPair: layers * prefill.perPair,
            perToken: layers * (slope + prefill.perToken - prefill.perPair / 2),
            perChunk: shared + cpuPerSequence,
            shared: shared,
            decode: BatchCostModel.Decode(
                perStep: least + head.reading + cpuPerStep,
                perSequence: layers * (slope + decode.perSequence) + cpuPerSequence,
                perContextToken: layers * decode.perContextToken))
    }

    /// Tokens of a large step.
    private static let many = 4096.0

    /// Seconds of one layer but for attention.
    private func dense(_ tokens: Double) -> Double {
        linear.seconds(tokens) + 2 * (allReduce?.seconds(tokens) ?? 0)
    }

    /// The fewest tokens of a step that is bound by arithmetic, not by reading the weights.
    package var fillingTokens: TokenCount {
        let slope = linear.arithmetic.perToken - linear.reading.perToken
        let base = linear.reading.base - linear.arithmetic.base
        guard slope > 0, base > 0 else { return 1 }
        return TokenCount(min((base / slope).rounded(.up), Self.many / 2))
    }

    /// What the head costs beside a layer in a step of this load, in layers.
    package func headCost(of load: BatchLoad) -> Double {
        let layer = layerSeconds(of: load)
        return layer > 0 ? headSeconds(of: load) / layer : 0
    }
}
