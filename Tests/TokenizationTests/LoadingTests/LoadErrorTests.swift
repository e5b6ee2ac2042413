internal import Domain
internal import Testing
internal import Tokenization

/// Every mistake in a file is one error that names the place.
@Suite("Errors of a tokenizer.json")
struct LoadErrorTests {
    private static func small(_ key: String, _ value: JSON) -> JSON {
        SmallTokenizer(merges: [("a", "b")], parts: [(key, value)]).json
    }

    private static func model(_ key: String, _ value: JSON) -> JSON {
        SmallTokenizer(merges: [("a", "b")], model: [(key, value)]).json
    }

    private static func nested(_ key: String) -> JSON {
        (0..<40).reduce(["type": "Sequence", key: []]) { inner, _ in
            ["type": "Sequence", key: .array([inner])]
        }
    }

    private static let growingDecoder: JSON = [
        "type": "Sequence",
        "decoders": .array(
            (0..<9).map { _ in
                ["type": "Replace", "pattern": ["String": "a"], "content": "aaaa"]
            }),
    ]

    private static let cases: [(JSON, String, String)] = [
        (nil, "$", "expected an object"),
        ([:], "$", "'model'"),
        (small("version", "2.0"), "$.version", "1.0"),
        (model("type", "Unigram"), "$.model", "expected BPE"),
        (model("type", "WordPiece"), "$.model", "expected BPE"),
        (model("vocab", []), "$.model.vocab", "expected an object"),
        (model("vocab", ["a": -1]), "$.model.vocab['a']", "token id"),
        (model("vocab", ["a": 4_294_967_295]), "$.model.vocab['a']", "token id"),
        (model("vocab", ["a": "x"]), "$.model.vocab['a']", "token id"),
        (model("vocab", ["a": 3, "b": 3]), "$.model.vocab['b']", "that of 'a'"),
        (model("merges", [:]), "$.model.merges", "expected an array"),
        (model("merges", ["a b", "ab"]), "$.model.merges[1]", "expected two tokens"),
        (model("merges", ["a b c"]), "$.model.merges[0]", "expected two tokens"),
        (model("merges", [["a"]]), "$.model.merges[0]", "expected two tokens"),
        (model("merges", [7]), "$.model.merges[0]", "expected two tokens"),
        (model("merges", ["a c"]), "$.model.merges[0]", "must be in the vocabulary"),
        (model("merges", [["a", "é"]]), "$.model.merges[0]", "must be in the vocabulary"),
        (model("unk_token", "?"), "$.model.unk_token", "vocabulary"),
        (model("end_of_word_suffix", "</w>"), "$.model.end_of_word_suffix", "unsupported"),
        (model("dropout", 0.1), "$.model.dropout", "unsupported"),
        (model("fuse_unk", 1), "$.model.fuse_unk", "true or false"),
        (small("normalizer", ["type": "Precompiled"]), "$.normalizer", "unsupported"),
        (small("normalizer", [:]), "$.normalizer", "'type'"),
        (small("normalizer", ["type": "Strip"]), "$.normalizer", "'strip_left'"),
        (
            small("normalizer", ["type": "Replace", "pattern": ["Regex": "("], "content": ""]),
            "$.normalizer.pattern.Regex", "expected ')'"
        ),
        (small("pre_tokenizer", ["type": "Magic"]), "$.pre_tokenizer", "unsupported"),
        (
            small(
                "pre_tokenizer",
                ["type": "Split", "pattern": ["String": "a"], "behavior": "Sideways"]),
            "$.pre_tokenizer.behavior", "expected Removed"
        ),
        (
            small("pre_tokenizer", ["type": "Metaspace", "replacement": "ab"]),
            "$.pre_tokenizer.replacement", "one character"
        ),
        (
            small("decoder", ["type": "Strip", "content": " ", "start": -1, "stop": 0]),
            "$.decoder.start", "expected an integer"
        ),
        (small("decoder", ["type": "CTC"]), "$.decoder", "unsupported"),
        (small("decoder", growingDecoder), "$.decoder", "grow too much"),
        (
            small(
                "post_processor",
                [
                    "type": "TemplateProcessing",
                    "single": [["SpecialToken": ["id": "<s>"]]], "special_tokens": [:],
                ]),
            "$.post_processor.single[0].SpecialToken.id", "special_tokens"
        ),
        (
            small("added_tokens", [SmallTokenizer.added("a", 70)]), "$.added_tokens[0]",
            "in the vocabulary"
        ),
        (
            small("added_tokens", [SmallTokenizer.added("zz", 1)]), "$.added_tokens[0]",
            "belongs to 'a'"
        ),
        (
            small(
                "added_tokens", [SmallTokenizer.added("x1", 90), SmallTokenizer.added("x2", 90)]),
            "$.added_tokens[1]", "two added tokens"
        ),
        (nested("normalizers").at("normalizer"), "normalizers[0]", "nested deeper"),
        (nested("pretokenizers").at("pre_tokenizer"), "pretokenizers[0]", "nested deeper"),
        (nested("decoders").at("decoder"), "decoders[0]", "nested deeper"),
        (nested("processors").at("post_processor"), "processors[0]", "nested deeper"),
    ]

    @Test("names the place and what was expected", arguments: cases.indices)
    func refuses(index: Int) throws {
        let (json, path, message) = Self.cases[index]
        let error = try #require(throws: TokenizerError.self) {
            try Tokenizer(json: json, source: "file.json")
        }
        #expect(error.source == "file.json")
        #expect(error.path.hasPrefix(path) || error.path.hasSuffix(path), "\(error)")
        #expect(error.message.contains(message), "\(error)")
        #expect(error.description == "file.json: \(error.path): \(error.message)")
    }

    @Test("what the reference accepts is accepted")
    func accepts() throws {
        for json in [
            Self.model("type", nil), Self.model("dropout", nil), Self.model("dropout", 0.0),
            Self.model("end_of_word_suffix", ""), Self.model("byte_fallback", nil),
            Self.small("truncation", ["max_length": 4]), Self.small("padding", [:]),
            Self.small("added_tokens", [SmallTokenizer.added("a", 1, "special")]),
        ] {
            _ = try Tokenizer(json: json, source: "t")
        }
    }
}

extension JSON {
    /// A small tokenizer with this as one of its parts.
    fileprivate func at(_ key: String) -> JSON {
        SmallTokenizer(parts: [(key, self)]).json
    }
}
