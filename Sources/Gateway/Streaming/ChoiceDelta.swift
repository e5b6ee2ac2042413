internal import Domain

/// What one event added to one choice.
struct ChoiceDelta {
    /// The prompt, when it is echoed; comes with the first delta.
    var echo: PromptEcho?
    var text = ""
    /// The tokens behind the text; text held back for stop strings comes later than its tokens.
    var tokens: [SampledToken] = []
    /// Set on the last delta.
    var ending: ChoiceEnding?

    /// Whether there is nothing in it for the client.
    func isEmpty(showsTokens: Bool) -> Bool {
        echo == nil && text.isEmpty && ending == nil && (tokens.isEmpty || !showsTokens)
    }
}

/// The prompt as `echo` shows it.
struct PromptEcho {
    var text: String
    /// All prompt tokens; the first has no logprob. Empty unless logprobs are wanted.
    var tokens: [SampledToken] = []
}

/// Why a choice is complete.
enum ChoiceEnding: Hashable, Sendable {
    /// The model ended the sequence.
    case endOfSequence
    /// One of the request's `stop_token_ids`.
    case stopToken(TokenID)
    /// One of the request's stop strings.
    case stopString(String)
    case length
    case aborted

    /// OpenAI's `finish_reason`.
    var finishReason: StaticString {
        switch self {
        case .endOfSequence, .stopToken, .stopString: "stop"
        case .length: "length"
        case .aborted: "abort"
        }
    }

    /// vLLM's `stop_reason`.
    var stopReason: JSON {
        switch self {
        case .stopToken(let token): .int(Int(token.rawValue))
        case .stopString(let text): .string(text)
        case .endOfSequence, .length, .aborted: .null
        }
    }
}
