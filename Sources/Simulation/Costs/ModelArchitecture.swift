package import Domain

/// The numbers of a published transformer: gated feed-forward network, grouped queries, heads of
/// 128 elements, weights and KV in bf16.
package struct ModelArchitecture: Hashable, Sendable {
    package let name: String
    /// What tables call a model of this shape, the best table first.
    package let tables: [String]
    package let hiddenSize: Int
    package let layerCount: Int
    package let headCount: Int
    package let keyValueHeadCount: Int
    /// Width of the feed-forward network.
    package let innerSize: Int
    package let vocabularySize: Int
    /// Queries, keys and values have a bias.
    package var hasAttentionBias = false
    /// The head multiplies with the embedding table.
    package var sharesEmbedding = false
    package let maxModelLength: TokenCount

    static let headSize = 128
    static let bytesPerElement = 2
}

// MARK: - Sizes

extension ModelArchitecture {
    /// Weights of one layer: four projections, the gated network, two norms.
    package var layerBytes: ByteCount {
        let queries = headCount * Self.headSize
        let keyValues = 2 * keyValueHeadCount * Self.headSize
        let attention = hiddenSize * (2 * queries + keyValues)
        let bias = hasAttentionBias ? queries + keyValues : 0
        let network = 3 * hiddenSize * innerSize
        return ByteCount((attention + bias + network + 2 * hiddenSize) * Self.bytesPerElement)
    }

    package var embeddingBytes: ByteCount {
        ByteCount(vocabularySize * hiddenSize * Self.bytesPerElement)
    }

    /// The final norm, and the head's matrix if it has one of its own.
    package var headBytes: ByteCount {
        let norm = ByteCount(hiddenSize * Self.bytesPerElement)
        return sharesEmbedding ? norm : norm + embeddingBytes
    }

    package var weightBytes: ByteCount { embeddingBytes + layerBytes * layerCount + headBytes }

    /// Keys and values of one token in one layer.
    package var layerKeyValueBytes: ByteCount {
        ByteCount(2 * keyValueHeadCount * Self.headSize * Self.bytesPerElement)
    }

    /// Keys and values of one token.
    package var keyValueBytes: ByteCount { layerKeyValueBytes * layerCount }
}

// MARK: - Models

extension ModelArchitecture {
    /// Also the first LLaMA-7B, which has the same shape.
    package static let llama7B = ModelArchitecture(
        name: "Llama-2-7B", tables: ["Llama-2-7b-hf", "Llama-2-7b"], hiddenSize: 4096,
        layerCount: 32, headCount: 32, keyValueHeadCount: 32, innerSize: 11008,
        vocabularySize: 32_000, maxModelLength: 4096)
    package static let llama70B = ModelArchitecture(
        name: "Llama-2-70B", tables: ["Llama-2-70b-hf", "Llama-70B"], hiddenSize: 8192,
        layerCount: 80, headCount: 64, keyValueHeadCount: 8, innerSize: 28672,
        vocabularySize: 32_000, maxModelLength: 4096)
    /// The length is that of Llama 3.1, which has the same shape.
    package static let llama3x8B = ModelArchitecture(
        name: "Llama-3-8B", tables: ["Meta-Llama-3-8B", "Llama-3-8B"], hiddenSize: 4096,
        layerCount: 32, headCount: 32, keyValueHeadCount: 8, innerSize: 14336,
        vocabularySize: 128_256, maxModelLength: 131_072)
    /// The length is that of Llama 3.1, which has the same shape.
    package static let llama3x70B = ModelArchitecture(
        name: "Llama-3-70B", tables: ["Meta-Llama-3-70B", "Llama-70B"], hiddenSize: 8192,
        layerCount: 80, headCount: 64, keyValueHeadCount: 8, innerSize: 28672,
        vocabularySize: 128_256, maxModelLength: 131_072)
    /// Every query head has keys and values of its own.
    package static let qwen72B = ModelArchitecture(
        name: "Qwen-72B", tables: ["Qwen-72B"], hiddenSize: 8192, layerCount: 80, headCount: 64,
        keyValueHeadCount: 64, innerSize: 24576, vocabularySize: 152_064, hasAttentionBias: true,
        maxModelLength: 32_768)
    package static let qwen25x7B = ModelArchitecture(
        name: "Qwen2.5-7B", tables: ["Qwen2.5-7B"], hiddenSize: 3584, layerCount: 28,
        headCount: 28, keyValueHeadCount: 4, innerSize: 18944, vocabularySize: 152_064,
        hasAttentionBias: true, maxModelLength: 32_768)
    package static let qwen25x14B = ModelArchitecture(
        name: "Qwen2.5-14B", tables: ["Qwen2.5-14B"], hiddenSize: 5120, layerCount: 48,
        headCount: 40, keyValueHeadCount: 8, innerSize: 13824, vocabularySize: 152_064,
        hasAttentionBias: true, maxModelLength: 32_768)
    package static let qwen25x72B = ModelArchitecture(
        name: "Qwen2.5-72B", tables: ["Qwen2.5-72B"], hiddenSize: 8192, layerCount: 80,
        headCount: 64, keyValueHeadCount: 8, innerSize: 29568, vocabularySize: 152_064,
        hasAttentionBias: true, maxModelLength: 32_768)

    package static let all = [
        llama7B, llama70B, llama3x8B, llama3x70B, qwen72B, qwen25x7B, qwen25x14B, qwen25x72B,
    ]
}
