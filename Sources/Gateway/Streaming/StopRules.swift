internal import Domain

/// What of a request's stop conditions concerns its text.
struct StopRules: Hashable, Sendable {
    var strings: [String] = []
    /// All tokens that end the sequence.
    var tokens: [TokenID] = []
    /// Those that the client named; they are reported as `stop_reason`.
    var namedTokens: [TokenID] = []
    /// Stop strings count only after this many tokens.
    var minTokens: TokenCount = 0
    /// The stop string or token is part of the text.
    var includeInOutput = false

    /// How the client sees an engine's reason; `nil` for a failure, which is an error to it.
    func ending(for reason: FinishReason) -> ChoiceEnding? {
        switch reason {
        case .stopToken(let token):
            namedTokens.contains(token) ? .stopToken(token) : .endOfSequence
        // The gateway found it and no longer listens; an engine that says so still means `stop`.
        case .stopString: .endOfSequence
        case .length: .length
        case .aborted: .aborted
        case .failed: nil
        }
    }
}
