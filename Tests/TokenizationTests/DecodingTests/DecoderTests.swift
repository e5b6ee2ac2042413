internal import Domain
internal import Testing
internal import Tokenization

@Suite("Decoders")
struct DecoderTests {
    private static let llama: JSON = [
        "type": "Sequence",
        "decoders": [
            ["type": "Replace", "pattern": ["String": "▁"], "content": " "],
            ["type": "ByteFallback"], ["type": "Fuse"],
            ["type": "Strip", "content": " ", "start": 1, "stop": 0],
        ],
    ]

    private static let vocabulary: JSON = [
        "▁a": 0, "b": 1, "<0xE4>": 2, "<0xBD>": 3, "<0xA0>": 4, "▁▁": 5, "▁": 6, "ba": 7,
        "Ġa": 8, "ä": 9, "½": 10, "ł": 11, "你": 12, "aa": 13, "": 14,
    ]

    private func tokenizer(_ decoder: JSON) throws -> Tokenizer {
        let model: JSON = ["type": "BPE", "vocab": Self.vocabulary, "merges": []]
        return try Tokenizer(json: ["model": model, "decoder": decoder], source: "t")
    }

    /// The pieces that a detokenizer returns for each token, and at the end.
    private func pieces(_ tokenizer: Tokenizer, _ ids: [TokenID]) -> [String] {
        var detokenizer = tokenizer.detokenizer()
        return ids.map { detokenizer.append($0) } + [detokenizer.finish()]
    }

    @Test("byte tokens")
    func byteFallback() throws {
        let tokenizer = try tokenizer(Self.llama)
        #expect(tokenizer.decode([0, 1, 2, 3, 4, 0]) == "ab你 a")
        #expect(tokenizer.decode([2, 3, 1]) == "\u{FFFD}\u{FFFD}b")
        // One wrong byte spoils the run, so nothing of it is certain before its end.
        #expect(tokenizer.decode([2, 3, 4, 4]) == "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(pieces(tokenizer, [0, 2, 3, 4, 1]) == ["a", "", "", "", "你b", ""])
        #expect(pieces(tokenizer, [5, 0]) == [" ", " a", ""])
        #expect(tokenizer.bytes(of: 2) == [0xE4])
        #expect(tokenizer.bytes(of: 0) == Array(" a".utf8))
        #expect(tokenizer.bytes(of: 99) == [])
    }

    @Test("stand-ins")
    func byteLevel() throws {
        let tokenizer = try tokenizer(["type": "ByteLevel"])
        #expect(tokenizer.decode([8, 9, 10, 11, 8]) == " a你 a")
        #expect(pieces(tokenizer, [8, 9, 10, 11, 9]) == [" a", "", "", "你", "", "\u{FFFD}"])
        #expect(pieces(tokenizer, [9, 8]) == ["", "\u{FFFD} a", ""])
        // A token with a scalar outside the alphabet stands for its own UTF-8.
        #expect(tokenizer.decode([12]) == "你")
        #expect(tokenizer.bytes(of: 8) == [0x20, 0x61] && tokenizer.bytes(of: 9) == [0xE4])
    }

    @Test(
        "Metaspace drops the marks of the first token where one may have been put",
        arguments: [("always", "a a"), ("first", "a a"), ("never", " a a")])
    func metaspace(scheme: String, expected: String) throws {
        let tokenizer = try tokenizer([
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme),
        ])
        #expect(tokenizer.decode([0, 0]) == expected)
        #expect(tokenizer.bytes(of: 0) == Array(" a".utf8))
    }

    @Test("steps after the tokens are fused see one text")
    func afterFuse() throws {
        let tokenizer = try tokenizer([
            "type": "Sequence",
            "decoders": [
                ["type": "Fuse"],
                ["type": "Replace", "pattern": ["String": "aa"], "content": "X"],
                ["type": "Strip", "content": "b", "start": 1, "stop": 2],
            ],
        ])
        #expect(tokenizer.decode([1, 7, 7, 1, 1]) == "bab" + "a")
        #expect(tokenizer.decode([7, 13, 1]) == "Xa")
        #expect(pieces(tokenizer, [7, 13, 12, 1, 1, 1]) == ["", "X", "a你", "", "", "b", ""])
        #expect(tokenizer.decode([1, 1]) == "")
    }

    @Test("without a decoder tokens are joined by spaces")
    func none() throws {
        let tokenizer = try tokenizer(nil)
        #expect(tokenizer.decode([0, 1, 12]) == "▁a b 你")
        #expect(tokenizer.decode([]) == "")
    }
}
