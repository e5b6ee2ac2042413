package import Domain

/// Text of tokens that come one by one. What `append` and `finish` return, put together, is what
/// `Tokenizer.decode` returns for the same tokens; nothing is returned before it is certain, so
/// half a character never is.
package struct Detokenizer: Sendable {
    private let tokenizer: Tokenizer
    private let skipsSpecialTokens: Bool
    private var stages: [DecoderStage]

    init(tokenizer: Tokenizer, skipsSpecialTokens: Bool) {
        self.tokenizer = tokenizer
        self.skipsSpecialTokens = skipsSpecialTokens
        stages = tokenizer.parts.decoder.map { DecoderStage($0) }
    }

    /// Takes a token and returns the text that has become certain.
    /// Complexity: O(1) amortised.
    package mutating func append(_ token: TokenID) -> String {
        String(decoding: appendBytes(token), as: UTF8.self)
    }

    /// The rest of the text, U+FFFD for incomplete characters. Nothing may follow.
    package mutating func finish() -> String {
        String(decoding: finishBytes(), as: UTF8.self)
    }

    mutating func appendBytes(_ token: TokenID) -> [UInt8] {
        guard let bytes = tokenizer.tokenBytes(token),
            !(skipsSpecialTokens && tokenizer.isSpecial(token))
        else { return [] }
        return pass([DecoderChunk(bytes: Array(bytes), endsToken: true)], from: 0)
    }

    mutating func finishBytes() -> [UInt8] {
        var output: [UInt8] = []
        for index in stages.indices {
            output += pass(stages[index].finish(), from: index + 1)
        }
        return output
    }

    private mutating func pass(_ input: [DecoderChunk], from first: Int) -> [UInt8] {
        var chunks = input
        for index in stages.indices[first...] where !chunks.isEmpty {
            chunks = stages[index].process(chunks)
        }
        return chunks.flatMap(\.bytes)
    }
}
