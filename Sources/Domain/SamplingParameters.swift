/// How the next token is chosen from the logits; defaults are vLLM's.
package struct SamplingParameters: Hashable, Sendable {
    /// 0 means greedy.
    package var temperature: Float = 1
    /// Keep the smallest set of most likely tokens whose probabilities reach this sum; 1 is off.
    package var topP: Float = 1
    /// Keep this many of the most likely tokens; `nil` is off.
    package var topK: Int?
    /// Drop tokens less likely than this share of the most likely one; 0 is off.
    package var minP: Float = 0
    /// Fixes the random choices; sampling is a pure function of it and the position.
    package var seed: UInt64 = 0
    package var frequencyPenalty: Float = 0
    package var presencePenalty: Float = 0
    /// Divides positive and multiplies negative logits of tokens seen so far; 1 is off.
    package var repetitionPenalty: Float = 1
    /// Added to the logits, in token order.
    package var logitBias: [LogitBias] = []
    /// How many alternatives to report per generated token; 0 reports the chosen token's own
    /// logprob only, `nil` reports nothing.
    package var logprobs: Int?
    /// The same for every prompt token, as `echo` asks for; `nil` reports nothing.
    package var promptLogprobs: Int?

    package init() {}

    package struct LogitBias: Hashable, Sendable {
        package var token: TokenID
        package var bias: Float

        package init(token: TokenID, bias: Float) {
            self.token = token
            self.bias = bias
        }
    }
}

/// When a generation ends.
package struct StopConditions: Hashable, Sendable {
    /// The most tokens to generate.
    package var maxTokens: TokenCount
    /// Stop tokens count only from this many generated tokens on.
    package var minTokens: TokenCount = 0
    /// End-of-sequence and `stop_token_ids`; empty when the request ignores the end of sequence.
    package var stopTokens: [TokenID] = []

    package init(
        maxTokens: TokenCount, minTokens: TokenCount = 0, stopTokens: [TokenID] = []
    ) {
        self.maxTokens = maxTokens
        self.minTokens = minTokens
        self.stopTokens = stopTokens
    }
}
