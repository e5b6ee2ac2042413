package import Domain

extension Tokenizer {
    /// The text of tokens. Bytes that are no UTF-8 become U+FFFD; ids without a token are left
    /// out, and special tokens too unless `skipSpecialTokens` is false.
    package func decode(_ tokens: [TokenID], skipSpecialTokens: Bool = true) -> String {
        var detokenizer = detokenizer(skipSpecialTokens: skipSpecialTokens)
        var bytes: [UInt8] = []
        for token in tokens { bytes += detokenizer.appendBytes(token) }
        bytes += detokenizer.finishBytes()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A decoder for tokens that come one by one.
    package func detokenizer(skipSpecialTokens: Bool = true) -> Detokenizer {
        Detokenizer(tokenizer: self, skipsSpecialTokens: skipSpecialTokens)
    }

    /// The bytes that a token stands for inside a text; empty for an id without a token. The
    /// bytes of tokens in a row are the bytes of their text, but for what the decoder strips off
    /// its ends.
    package func bytes(of id: TokenID) -> [UInt8] {
        guard let token = tokenBytes(id) else { return [] }
        var bytes = Array(token)
        for step in parts.decoder {
            switch step {
            case .byteLevel: bytes = ByteAlphabet.decode(bytes) ?? bytes
            case .byteFallback:
                if let byte = ByteTokens.byte(of: bytes) { return [byte] }
            case .replace, .metaspace:
                var stage = DecoderStage(step.forInnerToken)
                bytes = stage.process([DecoderChunk(bytes: bytes, endsToken: true)])
                    .flatMap(\.bytes)
            case .fuse, .strip, .join: break
            }
        }
        return bytes
    }
}

extension DecoderStep {
    /// The step as it treats tokens that are not the first.
    fileprivate var forInnerToken: DecoderStep {
        guard case .metaspace(let replacement, _) = self else { return self }
        return .metaspace(replacement: replacement, dropsFirst: false)
    }
}
