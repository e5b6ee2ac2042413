internal import Domain
internal import Hummingbird
internal import Tokenization

/// Text to tokens and back without generating.
struct TokenizerRoutes: Sendable {
    let serving: Serving

    func tokenize(_ request: Request) async throws -> Response {
        let body = try TokenizeBody(try await FieldReader(request, limits: serving.limits))
        let model = serving.backend.model
        _ = try model.name(for: body.model)
        let tokens: [TokenID]
        switch body.input {
        case .prompt(let text, let addSpecialTokens):
            tokens = serving.tokenizer.encode(text, addSpecialTokens: addSpecialTokens)
        case .conversation(let conversation):
            let text = try PromptRenderer(serving).render(conversation)
            tokens = serving.tokenizer.encode(
                text, addSpecialTokens: conversation.addSpecialTokens)
        }
        return answer(tokens, model: model, withStrings: body.returnTokenStrings)
    }

    private func answer(_ tokens: [TokenID], model: ServedModel, withStrings: Bool) -> Response {
        var output: [UInt8] = []
        output.raw(#"{"count":"#)
        output.integer(tokens.count)
        output.raw(#","max_model_len":"#)
        output.integer(model.maxModelLength)
        output.raw(#","tokens":"#)
        output.tokenIDs(tokens)
        output.raw(#","token_strs":"#)
        if withStrings {
            output.list(tokens) { $0.string(serving.tokenizer.token(for: $1) ?? "") }
        } else {
            output.raw("null")
        }
        output.raw("}")
        return .json(output)
    }

    func detokenize(_ request: Request) async throws -> Response {
        let fields = try await FieldReader(request, limits: serving.limits)
        let model = serving.backend.model
        _ = try model.name(for: try fields.string("model"))
        guard
            let tokens = try fields.tokens("tokens", vocabularySize: model.vocabularySize)
        else { throw APIError.invalid("'tokens' is required.", param: "tokens") }
        let text = serving.tokenizer.decode(tokens, skipSpecialTokens: false)
        return .json(["prompt": .string(text)])
    }

    func information() -> Response {
        let model = serving.backend.model
        var members: JSONObject = [
            "tokenizer_class": "kunserve", "vocab_size": .int(model.vocabularySize),
            "model_max_length": .int(model.maxModelLength),
            "has_chat_template": .bool(serving.template != nil),
        ]
        for (key, value) in model.templateTokens.members { members[key] = value }
        return .json(.object(members))
    }
}
