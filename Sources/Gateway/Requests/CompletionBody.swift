internal import Domain

/// The body of `POST /v1/completions`.
struct CompletionBody: Sendable {
    var model: String?
    var prompts: [PromptInput]
    var options: GenerationOptions
    /// The prompt comes back before the completion.
    var echo: Bool
    /// Alternatives to report per token.
    var logprobs: Int?
    var addSpecialTokens: Bool
}

extension CompletionBody {
    init(_ fields: FieldReader, model: ServedModel, limits: GatewayLimits) throws(APIError) {
        self.model = try fields.string("model")
        echo = try fields.bool("echo") ?? false
        options = try GenerationOptions(fields, model: model, limits: limits)
        options.maxTokens = try fields.integer(
            "max_tokens", in: (echo ? 0 : 1)...Int(Int32.max))
        logprobs = try fields.integer("logprobs", in: 0...limits.maxLogprobs)
        addSpecialTokens = try fields.bool("add_special_tokens") ?? true
        prompts = try PromptInput.read(
            fields, vocabularySize: model.vocabularySize, limit: limits.maxPrompts)
        guard prompts.count * options.choices <= limits.maxGenerations else {
            throw .invalid(
                "\(prompts.count) prompts with n = \(options.choices) are more than the "
                    + "\(limits.maxGenerations) generations allowed per request.", param: "n")
        }
        try refuseUnsupported(fields)
    }

    private func refuseUnsupported(_ fields: FieldReader) throws(APIError) {
        if fields.value("suffix") != nil {
            throw .unsupported("suffix", "'suffix' is not supported by this server.")
        }
        if let best = try fields.integer("best_of", in: CountRange.positive),
            best != options.choices
        {
            throw .unsupported("best_of", "'best_of' must equal 'n'.")
        }
    }
}
