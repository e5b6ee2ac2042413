internal import Domain
internal import Tokenization

/// Turns checked request bodies into plans: renders, tokenizes, fills in the model's defaults and
/// checks lengths.
struct GenerationPlanner {
    let serving: Serving
    private let model: ServedModel

    init(_ serving: Serving) {
        self.serving = serving
        model = serving.backend.model
    }

    func plan(_ body: ChatBody) throws(APIError) -> GenerationPlan {
        let text = try PromptRenderer(serving).render(body.conversation)
        let tokens = serving.tokenizer.encode(
            text, addSpecialTokens: body.conversation.addSpecialTokens)
        var sampling = sampling(body.options)
        sampling.logprobs = body.logprobs
        let prompt = GenerationPlan.PreparedPrompt(tokens: tokens, text: text)
        return try plan([prompt], body.options, sampling, field: "messages", defaultMaxTokens: nil)
    }

    func plan(_ body: CompletionBody) throws(APIError) -> GenerationPlan {
        let prompts = body.prompts.map { prepare($0, body) }
        var sampling = sampling(body.options)
        sampling.logprobs = body.logprobs
        if body.echo { sampling.promptLogprobs = body.logprobs }
        var options = body.options
        if options.maxTokens == 0 { options.maxTokens = 1 }
        var plan = try plan(prompts, options, sampling, field: "prompt", defaultMaxTokens: 16)
        plan.echo = body.echo
        plan.discardsOutput = body.options.maxTokens == 0
        return plan
    }

    private func prepare(
        _ input: PromptInput, _ body: CompletionBody
    ) -> GenerationPlan.PreparedPrompt {
        switch input {
        case .text(let text):
            let tokens = serving.tokenizer.encode(text, addSpecialTokens: body.addSpecialTokens)
            return .init(tokens: tokens, text: text)
        case .tokens(let tokens):
            let text =
                body.echo
                ? serving.tokenizer.decode(
                    tokens, skipSpecialTokens: body.options.skipSpecialTokens) : ""
            return .init(tokens: tokens, text: text)
        }
    }
}

extension GenerationPlanner {
    /// The model's defaults with the request's values over them.
    private func sampling(_ options: GenerationOptions) -> SamplingParameters {
        var sampling = model.defaultSampling
        if let value = options.temperature { sampling.temperature = value }
        if let value = options.topP { sampling.topP = value }
        if let value = options.topK { sampling.topK = value > 0 ? value : nil }
        if let value = options.minP { sampling.minP = value }
        if let value = options.frequencyPenalty { sampling.frequencyPenalty = value }
        if let value = options.presencePenalty { sampling.presencePenalty = value }
        if let value = options.repetitionPenalty { sampling.repetitionPenalty = value }
        sampling.seed = options.seed ?? .random(in: .min ... .max)
        sampling.logitBias = options.logitBias
        return sampling
    }

    private func plan(
        _ prompts: [GenerationPlan.PreparedPrompt], _ options: GenerationOptions,
        _ sampling: SamplingParameters, field: String, defaultMaxTokens: TokenCount?
    ) throws(APIError) -> GenerationPlan {
        let endOfSequence = options.ignoreEndOfSequence ? [] : model.endOfSequence
        let stopTokens = endOfSequence + options.stopTokens.filter { !endOfSequence.contains($0) }
        var requests: [GenerationRequest] = []
        for prompt in prompts {
            let maxTokens = try maxTokens(
                prompt.tokens.count, options, field: field, defaultMaxTokens: defaultMaxTokens)
            let stop = StopConditions(
                maxTokens: maxTokens, minTokens: options.minTokens, stopTokens: stopTokens)
            for choice in 0..<options.choices {
                var sampling = sampling
                sampling.seed &+= UInt64(choice)
                requests.append(
                    GenerationRequest(
                        id: serving.backend.nextRequestID(), prompt: prompt.tokens,
                        sampling: sampling, stop: stop, priority: options.priority,
                        objective: options.objective))
            }
        }
        let rules = StopRules(
            strings: options.stop, tokens: stopTokens, namedTokens: options.stopTokens,
            minTokens: options.minTokens, includeInOutput: options.includeStopInOutput)
        return GenerationPlan(
            prompts: prompts, requests: requests, choicesPerPrompt: options.choices, rules: rules,
            skipSpecialTokens: options.skipSpecialTokens, promptField: field)
    }

    /// The tokens to generate at most, so that they fit behind the prompt.
    private func maxTokens(
        _ promptLength: TokenCount, _ options: GenerationOptions, field: String,
        defaultMaxTokens: TokenCount?
    ) throws(APIError) -> TokenCount {
        guard promptLength > 0 else {
            throw .invalid("The prompt holds no tokens.", param: field)
        }
        let room = model.maxModelLength - promptLength
        guard room >= max(options.maxTokens ?? 1, 1) else {
            throw .contextLengthExceeded(
                limit: model.maxModelLength, prompt: promptLength,
                completion: options.maxTokens ?? 1, param: field)
        }
        let wanted = options.maxTokens ?? min(defaultMaxTokens ?? room, room)
        let maxTokens = min(wanted, model.maxNewTokens ?? wanted)
        guard options.minTokens <= maxTokens else {
            throw .invalid(
                "'min_tokens' (\(options.minTokens)) is above the \(maxTokens) tokens that may "
                    + "be generated.", param: "min_tokens")
        }
        return maxTokens
    }
}
