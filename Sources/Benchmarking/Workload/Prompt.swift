package import Domain

/// What a request asks the model to go on from.
package enum Prompt: Hashable, Sendable {
    /// So many token ids, drawn by a `PromptMaker` from this seed: the length is exact.
    case tokens(count: TokenCount, seed: UInt64)
    case text(String)
}
