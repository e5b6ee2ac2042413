/// One step from token strings to text. A `Sequence` is a list of steps.
enum DecoderStep: Sendable {
    /// Stand-ins back to bytes, and these to one text.
    case byteLevel
    /// Runs of byte tokens to characters.
    case byteFallback
    /// All tokens to one.
    case fuse
    case replace(Matcher, with: [UInt8])
    /// Takes up to `start` and `stop` copies of a scalar off the ends of each token.
    case strip(UInt32, start: Int, stop: Int)
    /// `replacement` to space; in the first token to nothing if the encoder may have put it there.
    case metaspace(replacement: UInt32, dropsFirst: Bool)
    /// A space between tokens: what happens without a decoder.
    case join
}

/// Text on its way through the steps: a part of a token, or all of it.
struct DecoderChunk {
    var bytes: [UInt8]
    /// Whether the token ends here.
    var endsToken: Bool
}
