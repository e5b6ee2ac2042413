internal import Domain

/// The body of `POST /v1/chat/completions`.
struct ChatBody: Sendable {
    var model: String?
    var conversation: Conversation
    var options: GenerationOptions
    /// Alternatives to report per token; `nil` reports nothing.
    var logprobs: Int?
}

extension ChatBody {
    init(_ fields: FieldReader, model: ServedModel, limits: GatewayLimits) throws(APIError) {
        self.model = try fields.string("model")
        conversation = try Conversation(fields)
        options = try GenerationOptions(fields, model: model, limits: limits)
        let maxTokens = try fields.integer("max_tokens", in: CountRange.positive)
        let maxCompletionTokens = try fields.integer(
            "max_completion_tokens", in: CountRange.positive)
        options.maxTokens = maxCompletionTokens ?? maxTokens
        logprobs = try Self.readLogprobs(fields, limit: limits.maxLogprobs)
        try Self.checkToolChoice(fields)
        if let best = try fields.integer("best_of", in: CountRange.positive),
            best != options.choices
        {
            throw .unsupported("best_of", "'best_of' must equal 'n'.")
        }
    }

    private static func readLogprobs(_ fields: FieldReader, limit: Int) throws(APIError) -> Int? {
        let wanted = try fields.bool("logprobs") ?? false
        let top = try fields.integer("top_logprobs", in: 0...limit)
        if let top, top > 0, !wanted {
            throw .invalid(
                "'top_logprobs' needs 'logprobs' to be true.", param: "top_logprobs")
        }
        return wanted ? top ?? 0 : nil
    }

    /// Tools reach the model through its template; forcing a call needs constrained output.
    private static func checkToolChoice(_ fields: FieldReader) throws(APIError) {
        switch fields.value("tool_choice") {
        case nil, .string("none"), .string("auto"): return
        case .string("required"), .object:
            throw .unsupported(
                "tool_choice", "'tool_choice' supports only 'none' and 'auto' on this server.")
        default:
            throw fields.mismatch("tool_choice", "'none' or 'auto'")
        }
    }
}
