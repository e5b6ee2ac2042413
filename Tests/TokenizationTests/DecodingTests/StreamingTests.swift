internal import Domain
import TestSupport
internal import Testing

@testable internal import Tokenization

/// A detokenizer returns, in whatever parts, what decoding at once returns.
@Suite("Streaming")
struct StreamingTests {
    private static let decoders: [String: JSON] = [
        "byte level": ["type": "ByteLevel"],
        "metaspace": ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"],
        "none": nil,
        "replaced late": [
            "type": "Sequence",
            "decoders": [
                ["type": "ByteFallback"], ["type": "Fuse"],
                ["type": "Replace", "pattern": ["Regex": "▁+"], "content": " "],
                ["type": "Strip", "content": " ", "start": 2, "stop": 1],
            ],
        ],
        "everything": [
            "type": "Sequence",
            "decoders": [
                ["type": "Replace", "pattern": ["String": "▁"], "content": " "],
                ["type": "ByteFallback"], ["type": "Fuse"],
                ["type": "Replace", "pattern": ["String": "the"], "content": "THE"],
                ["type": "Strip", "content": " ", "start": 1, "stop": 2],
            ],
        ],
    ]

    private func check(_ tokenizer: Tokenizer, _ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for skips in [true, false] {
            for _ in 0..<40 {
                let count = Int.random(in: 0..<24, using: &random)
                let bound = UInt32(tokenizer.vocabularySize + 2)
                let ids = (0..<count).map { _ in
                    TokenID(
                        UInt32.random(
                            in: 0..<(Bool.random(using: &random) ? 300 : bound), using: &random))
                }
                var detokenizer = tokenizer.detokenizer(skipSpecialTokens: skips)
                var text = ""
                for id in ids { text += detokenizer.append(id) }
                text += detokenizer.finish()
                expectSame(text, tokenizer.decode(ids, skipSpecialTokens: skips), "\(ids)")
            }
        }
    }

    @Test("the decoders of the fixtures", arguments: TokenizerFixture.kinds)
    func fixtures(kind: String) throws {
        let fixture = try TokenizerFixture(kind)
        check(fixture.tokenizer, 7)
        for entry in try #require(fixture.vectors["byte_sequences"]?.arrayValue) {
            var detokenizer = fixture.tokenizer.detokenizer(skipSpecialTokens: false)
            var text = ""
            for id in try entry.ids("ids") { text += detokenizer.append(id) }
            text += detokenizer.finish()
            expectSame(text, try entry.text("decoded"), "\(kind)")
        }
    }

    @Test("other decoders", arguments: decoders.keys.sorted())
    func others(name: String) throws {
        let json = try TokenizerFixture.read("llama2/tokenizer.json")
        var root = try #require(json.objectValue)
        root["decoder"] = Self.decoders[name]
        check(try Tokenizer(json: .object(root), source: name), 8)
    }

    @Test("text appears as soon as it is certain")
    func isPrompt() throws {
        let tokenizer = try TokenizerFixture("gpt2").tokenizer
        let ids = tokenizer.encode("Grüße, 世界! 🙂 plain words")
        var detokenizer = tokenizer.detokenizer()
        var bytes: [UInt8] = []
        var text = ""
        for id in ids {
            bytes += tokenizer.bytes(of: id)
            text += detokenizer.append(id)
            let complete = (0...min(3, bytes.count)).first { cut in
                String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
            }
            #expect(text.utf8.count == bytes.count - (try #require(complete)))
        }
        #expect(detokenizer.finish() == "")
    }

    @Test(
        "wrong bytes become what the standard library makes of them",
        arguments: 1...4 as ClosedRange<UInt64>)
    func lossyText(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pool: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE4,
            0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<500 {
            let count = Int.random(in: 0..<12, using: &random)
            let bytes = (0..<count).map { _ in pool.randomElement(using: &random) ?? 0 }
            var text = LossyText()
            var output: [UInt8] = []
            for byte in bytes { output += text.append([byte]) }
            output += text.finish()
            #expect(output == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
        }
    }
}
