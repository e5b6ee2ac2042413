package import Domain

/// A model of a real family's shape with random weights: speed and memory depend on the shape, so
/// both can be measured without a download. Equal fields give equal files.
package struct RandomModel: Hashable, Sendable {
    package var architecture: Architecture = .llama
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layerCount: Int
    package var headCount: Int
    package var keyValueHeadCount: Int
    package var vocabularySize: Int
    package var maxPositions: TokenCount = 2048
    package var tiedEmbeddings = false
    package var seed: UInt64 = 0

    package init(
        hiddenSize: Int, intermediateSize: Int, layerCount: Int, headCount: Int,
        keyValueHeadCount: Int, vocabularySize: Int
    ) {
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.vocabularySize = vocabularySize
    }

    private var headDimension: Int { hiddenSize / max(1, headCount) }

    /// Weights of all tensors. Complexity: O(1).
    package var parameterCount: Int {
        let queries = headCount * headDimension
        let keys = keyValueHeadCount * headDimension
        var layer = 2 * hiddenSize
        layer += hiddenSize * (2 * queries + 2 * keys) + 3 * hiddenSize * intermediateSize
        if architecture == .qwen2 { layer += queries + 2 * keys }
        if architecture == .qwen3 { layer += 2 * headDimension }
        let tables = vocabularySize * hiddenSize * (tiedEmbeddings ? 1 : 2)
        return layerCount * layer + tables + hiddenSize
    }
}

// MARK: - Files

extension RandomModel {
    /// `config.json`.
    ///
    /// - Parameter endTokens: those of the tokenizer that comes with it, if one does.
    func configuration(endTokens: [TokenID]) -> JSON {
        [
            "architectures": [.string(architecture.rawValue)],
            "model_type": .string(architecture.modelType),
            "vocab_size": .int(vocabularySize),
            "hidden_size": .int(hiddenSize),
            "intermediate_size": .int(intermediateSize),
            "num_hidden_layers": .int(layerCount),
            "num_attention_heads": .int(headCount),
            "num_key_value_heads": .int(keyValueHeadCount),
            "head_dim": .int(headDimension),
            "hidden_act": "silu",
            "max_position_embeddings": .int(maxPositions),
            "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0,
            "sliding_window": nil,
            "tie_word_embeddings": .bool(tiedEmbeddings),
            "bos_token_id": nil,
            "eos_token_id": .tokens(endTokens),
            "torch_dtype": "bfloat16",
        ]
    }

    /// `generation_config.json`: nothing but where an answer ends.
    func generation(endTokens: [TokenID]) -> JSON {
        ["eos_token_id": .tokens(endTokens)]
    }
}

extension JSON {
    /// As model files write them: nothing, one, or a list.
    fileprivate static func tokens(_ tokens: [TokenID]) -> JSON {
        let numbers = tokens.map { JSON.int($0.index) }
        return numbers.count > 1 ? .array(numbers) : numbers.first ?? .null
    }
}
