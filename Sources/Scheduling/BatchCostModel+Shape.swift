/// What decides the cost of a batch when nothing is measured: the size of a model and the two
/// rates of a device.
package struct ModelArithmetic: Hashable, Sendable {
    package var layerCount: Int
    /// Query heads × head dimension.
    package var queryWidth: Int
    /// KV heads × head dimension.
    package var keyValueWidth: Int
    /// Parameters that every token is multiplied with: all layers.
    package var parameters: Int
    /// Of weights and KV.
    package var bytesPerElement = 2
    /// The defaults are those of a small server processor. Only the ratio of the two matters to
    /// how batches are cut, and only where chunks have a cost of their own.
    package var flopsPerSecond = 5e11
    package var bytesPerSecond = 2e10

    package init(layerCount: Int, queryWidth: Int, keyValueWidth: Int, parameters: Int) {
        self.layerCount = layerCount
        self.queryWidth = queryWidth
        self.keyValueWidth = keyValueWidth
        self.parameters = parameters
    }
}

extension BatchCostModel {
    /// The cost by arithmetic alone: a pair takes a multiply-add per query element for its score
    /// and one for its value, in every layer; a token one per parameter; a step reads all weights
    /// once; decoding reads the KV of its context. (Counts of operations as in Kaplan et al.,
    /// "Scaling Laws for Neural Language Models", 2020, Table 1.)
    package init(_ model: ModelArithmetic) {
        let pair = 4 * Double(model.layerCount) * Double(model.queryWidth) / model.flopsPerSecond
        let token = 2 * Double(model.parameters) / model.flopsPerSecond
        let element = Double(model.bytesPerElement) / model.bytesPerSecond
        let weights = Double(model.parameters) * element
        let context = 2 * Double(model.layerCount) * Double(model.keyValueWidth) * element
        self.init(
            perPair: pair, perToken: token, perChunk: weights, shared: weights,
            decode: Decode(
                perStep: weights, perSequence: token, perContextToken: max(pair, context)))
    }
}
