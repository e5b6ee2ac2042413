internal import Domain
internal import Tokenization

/// How the answer to one request is written: which endpoint's shapes, and which parts.
struct AnswerFormat: Sendable {
    enum Kind: Sendable {
        case chat
        case completion
    }

    let kind: Kind
    /// `id`, `created`, `model`, `system_fingerprint` and perhaps `service_tier` as JSON members.
    let identity: [UInt8]
    /// Each chunk begins so, up to and including `"choices":[`.
    let chunkHead: [UInt8]
    /// Alternatives shown per token; `nil` shows no logprobs.
    let logprobs: Int?
    let returnTokenIDs: Bool
    let stream: StreamOptions?
    let tokenizer: Tokenizer

    init(kind: Kind, identity: AnswerIdentity, parts: Parts, tokenizer: Tokenizer) {
        self.kind = kind
        self.tokenizer = tokenizer
        self.identity = identity.members
        logprobs = parts.logprobs
        returnTokenIDs = parts.returnTokenIDs
        stream = parts.stream
        var head: [UInt8] = []
        head.raw("data: {")
        head += identity.members
        switch kind {
        case .chat: head.raw(#","object":"chat.completion.chunk","choices":["#)
        case .completion: head.raw(#","object":"text_completion","choices":["#)
        }
        chunkHead = head
    }

    /// What the client asked to see.
    struct Parts: Hashable, Sendable {
        var logprobs: Int?
        var returnTokenIDs = false
        var stream: StreamOptions?
    }

    /// Whether a client sees tokens apart from their text.
    var showsTokens: Bool { logprobs != nil || returnTokenIDs }
}
