internal import Domain

extension ModelConfiguration {
    /// Reads and checks `config.json`.
    package init(_ directory: ModelDirectory) throws(ModelFileError) {
        let file = ModelDirectory.configuration
        try self.init(FieldReader(file: file, json: directory.json(file)))
    }

    init(_ config: FieldReader) throws(ModelFileError) {
        architecture = try Self.architecture(config)
        try Self.refuseUnsupported(config)
        vocabularySize = try config.integer("vocab_size", in: 1...1 << 22)
        hiddenSize = try Self.even(config, "hidden_size", in: 2...1 << 17)
        intermediateSize = try Self.even(config, "intermediate_size", in: 2...1 << 20)
        layerCount = try config.integer("num_hidden_layers", in: 1...1024)
        headCount = try config.integer("num_attention_heads", in: 1...4096)
        keyValueHeadCount = try Self.keyValueHeads(config, headCount: headCount)
        headDimension = try Self.headDimension(
            config, hiddenSize: hiddenSize, headCount: headCount)
        normEpsilon = Float(try config.optionalNumber("rms_norm_eps", in: 0...1) ?? 1e-6)
        tiedEmbeddings = try config.flag("tie_word_embeddings", default: false)
        biases = try Self.biases(config, architecture)
        queryKeyNorm = architecture == .qwen3
        let positions = try config.integer("max_position_embeddings", in: 1...1 << 24)
        rotary = try RotaryEmbedding(
            config, headDimension: headDimension, maxPositions: positions)
        windows = try Self.windows(config, architecture, layerCount: layerCount)
        maxPositions = Self.scaledPositions(positions, rotary)
        endTokens = try config.tokens("eos_token_id")
    }

    private static func architecture(_ config: FieldReader) throws(ModelFileError) -> Architecture {
        let supported = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
        if let name = config["architectures"]?.arrayValue?.first?.stringValue {
            if let architecture = Architecture(rawValue: name) { return architecture }
            throw .unsupported(
                file: config.file,
                problem: "architecture \"\(name.prefix(60))\" is not supported; expected one of "
                    + supported)
        }
        let type = try config.string("model_type")
        if let found = Architecture.allCases.first(where: { $0.modelType == type }) { return found }
        throw config.problem("architectures", "is missing; expected one of \(supported)")
    }

    private static func refuseUnsupported(_ config: FieldReader) throws(ModelFileError) {
        guard config["quantization_config"] == nil else {
            throw .unsupported(
                file: config.file,
                problem: "quantized checkpoints are not supported; expected F32, BF16 or F16")
        }
        let activation = try config.string("hidden_act") ?? "silu"
        guard activation == "silu" || activation == "swish" else {
            throw config.problem("hidden_act", "is \"\(activation.prefix(40))\", expected \"silu\"")
        }
    }

    private static func even(
        _ config: FieldReader, _ key: String, in bounds: ClosedRange<Int>
    ) throws(ModelFileError) -> Int {
        let value = try config.integer(key, in: bounds)
        guard value.isMultiple(of: 2) else {
            throw config.problem(key, "is \(value), expected an even number")
        }
        return value
    }

    private static func keyValueHeads(
        _ config: FieldReader, headCount: Int
    ) throws(ModelFileError) -> Int {
        let key = "num_key_value_heads"
        let count = try config.optionalInteger(key, in: 1...headCount) ?? headCount
        guard headCount.isMultiple(of: count) else {
            throw config.problem(key, "is \(count), expected a divisor of \(headCount) heads")
        }
        return count
    }

    private static func headDimension(
        _ config: FieldReader, hiddenSize: Int, headCount: Int
    ) throws(ModelFileError) -> Int {
        if config["head_dim"] != nil { return try even(config, "head_dim", in: 2...1024) }
        let dimension = hiddenSize / headCount
        guard dimension * headCount == hiddenSize, dimension.isMultiple(of: 2), dimension >= 2,
            dimension <= 1024
        else {
            throw config.problem(
                "num_attention_heads",
                "is \(headCount), which does not divide hidden_size \(hiddenSize) into heads of "
                    + "an even number of dimensions up to 1024")
        }
        return dimension
    }

    private static func biases(
        _ config: FieldReader, _ architecture: Architecture
    ) throws(ModelFileError) -> Biases {
        switch architecture {
        case .mistral: return Biases()
        case .qwen2: return Biases(queryKeyValue: true)
        case .llama, .qwen3:
            let attention = try config.flag("attention_bias", default: false)
            let mlp = try config.flag("mlp_bias", default: false)
            return Biases(
                queryKeyValue: attention, attentionOutput: attention,
                mlp: mlp && architecture == .llama)
        }
    }
}

// MARK: - Lengths

extension ModelConfiguration {
    /// Where a family's attention is cut off, layer by layer.
    private static func windows(
        _ config: FieldReader, _ architecture: Architecture, layerCount: Int
    ) throws(ModelFileError) -> [Int?] {
        let all = [Int?](repeating: nil, count: layerCount)
        switch architecture {
        case .llama:
            return all
        case .mistral:
            // A missing key means 4096; only `null` means no window.
            guard config.object["sliding_window"] != nil else { return all.map { _ in 4096 } }
            let window = try config.optionalInteger("sliding_window", in: 1...1 << 24)
            return all.map { _ in window }
        case .qwen2, .qwen3:
            guard try config.flag("use_sliding_window", default: false) else { return all }
            let window = try config.optionalInteger("sliding_window", in: 1...1 << 24)
            return try slidingLayers(config, layerCount).map { $0 ? window ?? 4096 : nil }
        }
    }

    /// Qwen: `layer_types`, or else every layer from `max_window_layers` on.
    private static func slidingLayers(
        _ config: FieldReader, _ layerCount: Int
    ) throws(ModelFileError) -> [Bool] {
        guard let types = config["layer_types"] else {
            let first = try config.optionalInteger("max_window_layers", in: 0...1 << 20) ?? 28
            return (0..<layerCount).map { $0 >= first }
        }
        let names = types.arrayValue?.compactMap(\.stringValue) ?? []
        let known = ["full_attention", "sliding_attention"]
        guard names.count == layerCount, names.allSatisfy(known.contains) else {
            throw config.problem(
                "layer_types",
                "should list \(layerCount) of \"full_attention\" and \"sliding_attention\"")
        }
        return names.map { $0 == "sliding_attention" }
    }

    /// The length that the rotary scaling gives, as vLLM derives it.
    private static func scaledPositions(_ positions: Int, _ rotary: RotaryEmbedding) -> TokenCount {
        let scaled: Double =
            switch rotary.scaling {
            case .none, .llama3: Double(positions)
            case .linear(let factor): Double(positions) * factor
            case .yarn(let yarn): max(Double(positions), yarn.original * yarn.factor)
            }
        return Int(min(scaled, Double(1 << 24)))
    }
}
