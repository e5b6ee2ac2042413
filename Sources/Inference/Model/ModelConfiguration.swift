package import Domain

/// What `config.json` says about a model, checked: every number is within bounds that keep all
/// later arithmetic far from overflow.
package struct ModelConfiguration: Hashable, Sendable {
    package var architecture: Architecture
    package var vocabularySize: Int
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layerCount: Int
    /// Query heads.
    package var headCount: Int
    package var keyValueHeadCount: Int
    package var headDimension: Int
    package var normEpsilon: Float
    /// The LM head is the embedding table.
    package var tiedEmbeddings: Bool
    package var biases: Biases
    /// Queries and keys go through a norm of their own per head.
    package var queryKeyNorm: Bool
    package var rotary: RotaryEmbedding
    /// Per layer: how many positions back, itself included, a query sees; `nil` is all.
    package var windows: [Int?]
    /// The longest sequence the model is made for.
    package var maxPositions: TokenCount
    package var endTokens: [TokenID]

    /// Which projections have a bias.
    package struct Biases: Hashable, Sendable {
        package var queryKeyValue = false
        package var attentionOutput = false
        package var mlp = false
    }
}

extension ModelConfiguration {
    package var shape: ModelShape {
        ModelShape(
            layerCount: layerCount, vocabularySize: vocabularySize, maxModelLength: maxPositions)
    }

    /// Query heads per KV head.
    package var group: Int { headCount / keyValueHeadCount }
    package var queryWidth: Int { headCount * headDimension }
    package var keyValueWidth: Int { keyValueHeadCount * headDimension }

    /// Bytes of one layer's KV per token.
    package func kvBytesPerToken(_ type: ComputeType) -> Int {
        2 * keyValueWidth * type.elementSize
    }
}
