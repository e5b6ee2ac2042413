internal import Domain
internal import Tokenization

/// Follows the generations of one request: turns their events into deltas and keeps count.
struct GenerationSession {
    private let plan: GenerationPlan
    private let backend: any CompletionBackend
    private let feed: GenerationFeed
    private var choices: [Choice] = []
    /// Choices that are not complete.
    private(set) var open: Int
    private(set) var usage: GenerationUsage

    private struct Choice {
        var decoder: ChoiceDecoder
        /// What is still to be echoed.
        var echo: PromptEcho?
        var isComplete = false
    }

    init(plan: GenerationPlan, serving: Serving, feed: GenerationFeed) {
        self.plan = plan
        self.feed = feed
        backend = serving.backend
        open = plan.requests.count
        usage = GenerationUsage(
            promptTokens: plan.promptTokens, generatedTokens: 0, cachedTokens: 0)
        for (index, request) in plan.requests.enumerated() {
            let detokenizer = serving.tokenizer.detokenizer(
                skipSpecialTokens: plan.skipSpecialTokens)
            choices.append(
                Choice(
                    decoder: ChoiceDecoder(rules: plan.rules, detokenizer: detokenizer),
                    echo: plan.echo ? Self.echo(plan.prompt(of: index), request) : nil))
        }
    }

    /// With logprobs the echoed tokens begin with the first one, which nothing predicts.
    private static func echo(
        _ prompt: GenerationPlan.PreparedPrompt, _ request: GenerationRequest
    ) -> PromptEcho {
        var echo = PromptEcho(text: prompt.text)
        if request.sampling.promptLogprobs != nil, let first = prompt.tokens.first {
            echo.tokens = [SampledToken(token: first)]
        }
        return echo
    }

    /// Takes one event; `nil` when it adds nothing yet.
    mutating func absorb(
        _ event: GenerationEvent, choice index: Int
    ) throws(APIError) -> ChoiceDelta? {
        guard !choices[index].isComplete else { return nil }
        switch event {
        case .promptLogprobs(let tokens):
            choices[index].echo?.tokens += tokens
            return nil
        case .tokens(let tokens):
            guard !plan.discardsOutput else { return nil }
            return complete(choices[index].decoder.append(tokens), index)
        case .finished(let reason, let usage):
            if index % plan.choicesPerPrompt == 0 { self.usage.cachedTokens += usage.cachedTokens }
            return complete(try finish(reason, index), index)
        case .rejected(let reason):
            throw APIError(
                reason, param: plan.promptField, running: backend.state.running)
        }
    }

    private mutating func finish(
        _ reason: FinishReason, _ index: Int
    ) throws(APIError) -> ChoiceDelta {
        guard let ending = plan.rules.ending(for: reason) else {
            if case .failed(let message) = reason { throw .engineFailed(message) }
            throw .internalError
        }
        guard !plan.discardsOutput else {
            return choices[index].decoder.finish(.length, stoppedBy: nil)
        }
        if case .stopToken(let token) = reason {
            return choices[index].decoder.finish(ending, stoppedBy: token)
        }
        return choices[index].decoder.finish(ending, stoppedBy: nil)
    }

    /// Adds the echo, counts, and lets go of a generation that a stop string ended.
    private mutating func complete(_ delta: ChoiceDelta, _ index: Int) -> ChoiceDelta {
        var delta = delta
        delta.echo = choices[index].echo
        choices[index].echo = nil
        usage.generatedTokens += delta.tokens.count
        guard let ending = delta.ending else { return delta }
        choices[index].isComplete = true
        open -= 1
        if case .stopString = ending {
            backend.stopStringFound(in: plan.requests[index].id)
            feed.drop(index)
        }
        if open == 0 { feed.close() }
        return delta
    }
}
