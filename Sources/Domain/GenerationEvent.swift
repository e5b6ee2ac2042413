/// What a request's owner hears, in order: any number of `promptLogprobs` and `tokens`, then
/// exactly one `finished` or `rejected`.
package enum GenerationEvent: Sendable {
    /// For prompt positions 1… in order (position 0 has no prediction); may come in pieces.
    case promptLogprobs([SampledToken])
    /// Tokens of one step, in order.
    case tokens([SampledToken])
    case finished(FinishReason, GenerationUsage)
    case rejected(RejectReason)
}

/// A token and, when asked for, how likely it and its rivals were.
package struct SampledToken: Hashable, Sendable {
    package var token: TokenID
    /// Natural log of the probability by the raw logits, before penalties, bias, temperature and
    /// cuts.
    package var logprob: Float?
    /// 1 for the most likely token; present with `logprob`.
    package var rank: Int?
    /// The most likely tokens in falling order.
    package var top: [TokenLogprob]

    package init(
        token: TokenID, logprob: Float? = nil, rank: Int? = nil, top: [TokenLogprob] = []
    ) {
        self.token = token
        self.logprob = logprob
        self.rank = rank
        self.top = top
    }
}

package struct TokenLogprob: Hashable, Sendable {
    package var token: TokenID
    package var logprob: Float

    package init(token: TokenID, logprob: Float) {
        self.token = token
        self.logprob = logprob
    }
}

/// Why a generation ended.
package enum FinishReason: Hashable, Sendable {
    /// It produced this stop token, which is the last token emitted.
    case stopToken(TokenID)
    /// Its text holds one of the client's stop strings, which only the gateway can see.
    case stopString
    /// It reached `maxTokens` or the model's length.
    case length
    /// The client left or the server shut down.
    case aborted
    /// The engine failed; the message says how.
    case failed(String)
}

/// Why a request was turned away before it produced anything.
package enum RejectReason: Error, Hashable, Sendable {
    /// The queue is full; asking again after the given time may succeed.
    case overloaded(queued: Int, limit: Int)
    /// The server is draining and takes nothing new.
    case draining
    /// Prompt and `maxTokens` do not fit the model's length.
    case contextLengthExceeded(prompt: TokenCount, limit: TokenCount)
    /// The prompt alone needs more KV blocks than an empty instance has.
    case exceedsMemory(needed: BlockCount, available: BlockCount)
    /// Nothing to generate from.
    case emptyPrompt
    /// A token outside the vocabulary.
    case unknownToken(TokenID)
}

/// What a generation consumed.
package struct GenerationUsage: Hashable, Sendable {
    package var promptTokens: TokenCount
    package var generatedTokens: TokenCount
    /// Prompt tokens whose KV came from the prefix cache.
    package var cachedTokens: TokenCount

    package init(promptTokens: TokenCount, generatedTokens: TokenCount, cachedTokens: TokenCount) {
        self.promptTokens = promptTokens
        self.generatedTokens = generatedTokens
        self.cachedTokens = cachedTokens
    }
}
