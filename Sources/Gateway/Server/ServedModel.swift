package import Domain

/// What the gateway must know of the model it serves.
package struct ServedModel: Sendable {
    /// Names clients may use; the first is the one shown. Never empty.
    package var names: [String]
    /// Unix seconds, for `created` in model lists.
    package var created: Int
    /// The most tokens of prompt and completion together.
    package var maxModelLength: TokenCount
    package var vocabularySize: Int
    /// Token slots per KV block.
    package var blockSize: TokenCount
    /// The model's own defaults (`generation_config.json`); a request's values win.
    package var defaultSampling = SamplingParameters()
    /// The most tokens a request may generate, from the same file; `nil` is no further limit.
    package var maxNewTokens: TokenCount?
    /// Tokens that end a sequence.
    package var endOfSequence: [TokenID] = []
    /// `bos_token`, `eos_token` and their like as chat templates see them.
    package var templateTokens = JSONObject()
    /// Shown as `system_fingerprint`; changes when the same seed may give other tokens.
    package var fingerprint: String

    package init(
        names: [String],
        created: Int,
        maxModelLength: TokenCount,
        vocabularySize: Int,
        blockSize: TokenCount,
        fingerprint: String
    ) {
        precondition(!names.isEmpty, "a model has a name")
        self.names = names
        self.created = created
        self.maxModelLength = maxModelLength
        self.vocabularySize = vocabularySize
        self.blockSize = blockSize
        self.fingerprint = fingerprint
    }

    /// The name to show in an answer to a request for `requested`.
    func name(for requested: String?) throws(APIError) -> String {
        guard let requested, !requested.isEmpty else { return names[0] }
        guard names.contains(requested) else { throw .unknownModel(requested) }
        return requested
    }
}
