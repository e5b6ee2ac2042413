internal import Domain
internal import Testing
internal import Tokenization

/// Ids and texts equal to those of the reference implementation.
@Suite("Reference vectors")
struct VectorTests {
    @Test("ids", arguments: TokenizerFixture.kinds)
    func encodes(kind: String) throws {
        let fixture = try TokenizerFixture(kind)
        for entry in try #require(fixture.vectors["entries"]?.arrayValue) {
            let text = try entry.text("text")
            #expect(fixture.tokenizer.encode(text) == (try entry.ids("ids")), "\(text.debug)")
            #expect(
                fixture.tokenizer.encode(text, addSpecialTokens: false)
                    == (try entry.ids("ids_no_special")), "\(text.debug)")
        }
    }

    @Test("texts", arguments: TokenizerFixture.kinds, ["entries", "byte_sequences"])
    func decodes(kind: String, list: String) throws {
        let fixture = try TokenizerFixture(kind)
        for entry in try #require(fixture.vectors[list]?.arrayValue) {
            let ids = try entry.ids("ids")
            expectSame(
                fixture.tokenizer.decode(ids, skipSpecialTokens: false),
                try entry.text("decoded"), "\(ids)")
            expectSame(
                fixture.tokenizer.decode(ids), try entry.text("decoded_skip_special"), "\(ids)")
        }
    }

    @Test("a long text", arguments: TokenizerFixture.kinds)
    func encodesInBulk(kind: String) throws {
        let fixture = try TokenizerFixture(kind)
        let text = try TokenizerFixture.read("bulk.json").text("text")
        let expected = try #require(fixture.vectors["bulk"])
        let ids = fixture.tokenizer.encode(text, addSpecialTokens: false)
        #expect(ids.count == expected["count"]?.intValue)
        let bytes = ids.flatMap { id in
            (0..<4).map { UInt8(truncatingIfNeeded: id.rawValue >> UInt32(8 * $0)) }
        }
        #expect(SHA256.hex(bytes) == (try expected.text("sha256")))
        let decoded = fixture.tokenizer.decode(ids, skipSpecialTokens: false)
        #expect(SHA256.hex(Array(decoded.utf8)) == (try expected.text("decoded_sha256")))
    }
}

extension String {
    /// The scalars as numbers, for messages about texts that cannot be seen.
    var debug: String {
        unicodeScalars.prefix(60).map { String($0.value, radix: 16) }.joined(separator: " ")
    }
}
