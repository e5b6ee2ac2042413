internal import Domain

/// The body of `POST /tokenize`: a prompt or a conversation.
struct TokenizeBody: Sendable {
    var model: String?
    var input: Input
    var returnTokenStrings: Bool

    enum Input: Hashable, Sendable {
        case prompt(String, addSpecialTokens: Bool)
        case conversation(Conversation)
    }

    init(_ fields: FieldReader) throws(APIError) {
        model = try fields.string("model")
        returnTokenStrings = try fields.bool("return_token_strs") ?? false
        if fields.value("messages") != nil {
            input = .conversation(try Conversation(fields))
            return
        }
        let prompt = try fields.string("prompt")
        let content = try fields.string("content")
        guard let text = prompt ?? content else {
            throw .invalid("'prompt' or 'messages' is required.", param: "prompt")
        }
        // llama-server names it `content` and `add_special`, which is off by default.
        let isLlama = prompt == nil
        let key = isLlama ? "add_special" : "add_special_tokens"
        input = .prompt(text, addSpecialTokens: try fields.bool(key) ?? !isLlama)
    }
}
