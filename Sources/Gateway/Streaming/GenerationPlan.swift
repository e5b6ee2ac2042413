internal import Domain

/// A checked request, ready to run: `prompts.count * choicesPerPrompt` generations, of which
/// number `i` is a choice of prompt `i / choicesPerPrompt`.
struct GenerationPlan: Sendable {
    var prompts: [PreparedPrompt]
    var requests: [GenerationRequest]
    var choicesPerPrompt: Int
    var rules: StopRules
    var skipSpecialTokens: Bool
    /// The prompt comes back before the completion.
    var echo = false
    /// Only the prompt was asked for (`max_tokens` 0); the one token that the engine must make
    /// is not shown.
    var discardsOutput = false
    /// The request field that carried the prompt.
    var promptField: String

    struct PreparedPrompt: Hashable, Sendable {
        var tokens: [TokenID]
        /// As it is echoed.
        var text: String
    }

    func prompt(of choice: Int) -> PreparedPrompt { prompts[choice / choicesPerPrompt] }

    /// Tokens of all prompts, each counted once.
    var promptTokens: TokenCount { prompts.reduce(0) { $0 + $1.tokens.count } }
}
