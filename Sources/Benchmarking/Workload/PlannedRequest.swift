package import Domain

/// One request of a workload.
package struct PlannedRequest: Hashable, Sendable {
    /// Seconds after the start of the run, whatever the server does.
    package var arrivalSeconds: Double
    package var prompt: Prompt
    /// The most tokens to generate, and the exact number where end-of-sequence is ignored.
    package var outputTokens: TokenCount

    package init(arrivalSeconds: Double, prompt: Prompt, outputTokens: TokenCount) {
        self.arrivalSeconds = arrivalSeconds
        self.prompt = prompt
        self.outputTokens = outputTokens
    }

    /// Tokens of the prompt where the generator decides them.
    package var plannedInputTokens: TokenCount? {
        if case .tokens(let count, _) = prompt { count } else { nil }
    }
}
