internal import Domain

extension GenerationOptions {
    /// Reads and checks the common members of a request.
    init(_ fields: FieldReader, model: ServedModel, limits: GatewayLimits) throws(APIError) {
        try Self.refuseUnsupported(fields)
        try readSampling(fields)
        try readStop(fields, model: model, limits: limits)
        try readShape(fields, limits: limits)
        try readService(fields)
        logitBias = try Self.readLogitBias(fields, vocabularySize: model.vocabularySize)
    }

    private mutating func readSampling(_ fields: FieldReader) throws(APIError) {
        let finite = 0...Double(Float.greatestFiniteMagnitude)
        temperature = try fields.number("temperature", in: finite)
        topP = try fields.number("top_p", in: 0...1)
        if topP == 0 { throw fields.mismatch("top_p", "above 0") }
        topK = try fields.integer("top_k", in: -1...Int(Int32.max))
        minP = try fields.number("min_p", in: 0...1)
        frequencyPenalty = try fields.number("frequency_penalty", in: -2...2)
        presencePenalty = try fields.number("presence_penalty", in: -2...2)
        repetitionPenalty = try fields.number("repetition_penalty", in: finite)
        if repetitionPenalty == 0 { throw fields.mismatch("repetition_penalty", "above 0") }
        let seed = try fields.integer("seed", in: Int.min...Int.max)
        self.seed = seed.map { UInt64(bitPattern: Int64($0)) }
    }

    private mutating func readStop(
        _ fields: FieldReader, model: ServedModel, limits: GatewayLimits
    ) throws(APIError) {
        stop = try Self.readStopStrings(fields, limit: limits.maxStopStrings)
        includeStopInOutput = try fields.bool("include_stop_str_in_output") ?? false
        let vocabularySize = model.vocabularySize
        let stopTokens = try fields.tokens("stop_token_ids", vocabularySize: vocabularySize) ?? []
        self.stopTokens = Set(stopTokens).sorted()
        guard self.stopTokens.count <= limits.maxStopTokens else {
            throw fields.mismatch(
                "stop_token_ids", "at most \(limits.maxStopTokens) different tokens")
        }
        ignoreEndOfSequence = try fields.bool("ignore_eos") ?? false
        minTokens = try fields.integer("min_tokens", in: CountRange.natural) ?? 0
    }

    private mutating func readShape(
        _ fields: FieldReader, limits: GatewayLimits
    ) throws(APIError) {
        choices = try fields.integer("n", in: 1...limits.maxChoices) ?? 1
        priority = try fields.integer("priority", in: Int(Int32.min)...Int(Int32.max)) ?? 0
        skipSpecialTokens = try fields.bool("skip_special_tokens") ?? true
        returnTokenIDs = try fields.bool("return_token_ids") ?? false
        let streams = try fields.bool("stream") ?? false
        guard let options = try fields.nested("stream_options") else {
            stream = streams ? StreamOptions() : nil
            return
        }
        guard streams else {
            throw .invalid(
                "'stream_options' is only allowed when 'stream' is true.", param: "stream_options")
        }
        let includeUsage = try options.bool("include_usage") ?? false
        let continuous = try options.bool("continuous_usage_stats") ?? false
        stream = StreamOptions(
            includeUsage: includeUsage, continuousUsage: includeUsage && continuous)
    }
}

extension GenerationOptions {
    private static func readStopStrings(
        _ fields: FieldReader, limit: Int
    ) throws(APIError) -> [String] {
        let expected = "a string or an array of at most \(limit) strings, none of them empty"
        let texts: [String]
        switch fields.value("stop") {
        case nil: return []
        case .string(let text): texts = [text]
        case .array(let elements):
            texts = elements.compactMap(\.stringValue)
            guard texts.count == elements.count else { throw fields.mismatch("stop", expected) }
        default: throw fields.mismatch("stop", expected)
        }
        guard texts.count <= limit, !texts.contains("") else {
            throw fields.mismatch("stop", expected)
        }
        return texts
    }

    /// An object from token ids to biases; the result is in token order.
    private static func readLogitBias(
        _ fields: FieldReader, vocabularySize: Int
    ) throws(APIError) -> [SamplingParameters.LogitBias] {
        guard let members = try fields.nested("logit_bias") else { return [] }
        var biases: [SamplingParameters.LogitBias] = []
        for key in members.object.keys {
            guard let token = UInt32(key), Int(token) < vocabularySize, key == String(token) else {
                throw .invalid(
                    "'logit_bias' holds '\(key)', which is no token of this model.",
                    param: "logit_bias")
            }
            guard let bias = try members.number(key, in: -100...100) else { continue }
            biases.append(.init(token: TokenID(token), bias: bias))
        }
        return biases.sorted { $0.token < $1.token }
    }

    /// Members that would change the answer and that this server does not serve. Everything else
    /// that is unknown is ignored.
    private static func refuseUnsupported(_ fields: FieldReader) throws(APIError) {
        let constraints = [
            "structured_outputs", "guided_json", "guided_regex", "guided_choice",
            "guided_grammar", "functions",
        ]
        for name in constraints where fields.value(name) != nil {
            throw .unsupported(name, "'\(name)' is not supported by this server.")
        }
        if try fields.bool("use_beam_search") == true {
            throw .unsupported("use_beam_search", "Beam search is not supported by this server.")
        }
        guard let format = try fields.nested("response_format") else { return }
        let type = try format.string("type")
        guard type == "text" else {
            throw .unsupported(
                "response_format",
                "'response_format' of type '\(type ?? "")' is not supported; only 'text' is.")
        }
    }
}
