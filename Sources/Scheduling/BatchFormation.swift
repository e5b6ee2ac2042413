/// How a pipelined group cuts waiting prompts into batches (`--batch-formation`).
package enum BatchFormation: String, Hashable, Sendable, CaseIterable {
    /// Batches of equal cost, found by looking at all that waits.
    case lookahead
    /// Batches of equal token counts, one after the other.
    case tokenCount = "token-count"
}
