internal import Domain
internal import Tokenization

/// Both shapes of logprobs.
extension AnswerFormat {
    /// The chat shape: one object per token, with its bytes.
    func writeChatLogprobs(_ tokens: [SampledToken], into output: inout [UInt8]) {
        guard let limit = logprobs else { return output.raw("null") }
        output.raw(#"{"content":"#)
        output.list(tokens) { output, token in
            output.raw("{")
            writeToken(token.token, token.logprob, into: &output)
            output.raw(#","top_logprobs":"#)
            output.list(token.top.prefix(limit)) { output, rival in
                output.raw("{")
                writeToken(rival.token, rival.logprob, into: &output)
                output.raw("}")
            }
            output.raw("}")
        }
        output.raw(#","refusal":null}"#)
    }

    private func writeToken(_ token: TokenID, _ logprob: Float?, into output: inout [UInt8]) {
        let bytes = tokenizer.bytes(of: token)
        output.raw(#""token":"#)
        output.string(String(decoding: bytes, as: UTF8.self))
        output.raw(#","logprob":"#)
        output.logprob(logprob)
        output.raw(#","bytes":"#)
        output.list(bytes) { $0.integer(Int($1)) }
    }

    /// The completions shape: parallel arrays.
    ///
    /// - Parameter offset: where the first token begins in the whole text, in Unicode scalars;
    ///   moved behind the last.
    func writeCompletionLogprobs(
        _ tokens: [SampledToken], offset: inout Int, into output: inout [UInt8]
    ) {
        guard let limit = logprobs else { return output.raw("null") }
        let texts = tokens.map { text(of: $0.token) }
        output.raw(#"{"text_offset":"#)
        output.list(texts) { output, text in
            output.integer(offset)
            offset += text.unicodeScalars.count
        }
        output.raw(#","token_logprobs":"#)
        output.list(tokens) { $0.logprob($1.logprob) }
        output.raw(#","tokens":"#)
        output.list(texts) { $0.string($1) }
        output.raw(#","top_logprobs":"#)
        output.list(tokens) { writeRivals($1, limit: limit, into: &$0) }
        output.raw("}")
    }

    /// An object from token text to logprob that always holds the chosen token. Different tokens
    /// can have the same text; the most likely one stands.
    private func writeRivals(_ token: SampledToken, limit: Int, into output: inout [UInt8]) {
        guard let logprob = token.logprob else { return output.raw("null") }
        var rivals = JSONObject()
        for rival in token.top.prefix(limit) {
            let key = text(of: rival.token)
            if rivals[key] == nil { rivals[key] = .double(Double(clamped(rival.logprob))) }
        }
        let chosen = text(of: token.token)
        if rivals[chosen] == nil { rivals[chosen] = .double(Double(clamped(logprob))) }
        output.raw("{")
        for (position, key) in rivals.keys.enumerated() {
            if position > 0 { output.raw(",") }
            output.string(key)
            output.raw(":")
            output.logprob(rivals[key]?.doubleValue.map { Float($0) })
        }
        output.raw("}")
    }

    private func clamped(_ logprob: Float) -> Float { logprob.isFinite ? logprob : -9999 }

    private func text(of token: TokenID) -> String {
        String(decoding: tokenizer.bytes(of: token), as: UTF8.self)
    }
}
