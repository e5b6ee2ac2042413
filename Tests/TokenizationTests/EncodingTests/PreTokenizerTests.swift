import TestSupport
internal import Testing

@testable internal import Tokenization

/// The pieces of a text, as the reference cuts them.
@Suite("Pre-tokenizers")
struct PreTokenizerTests {
    private func pieces(_ text: String, _ steps: PreTokenizer...) -> [String] {
        var working = PieceText(WorkingText(bytes: Array(text.utf8), startsAtOrigin: true))
        for step in steps { step.apply(to: &working) }
        return working.pieces.map { String(decoding: working.bytes[$0], as: UTF8.self) }
    }

    @Test(
        "behaviours of a split at 'a'",
        arguments: [
            (SplitBehavior.removed, false, ["b", "c"]),
            (.isolated, false, ["a", "b", "a", "a", "c", "a"]),
            (.mergedWithPrevious, false, ["a", "ba", "a", "ca"]),
            (.mergedWithNext, false, ["ab", "a", "ac", "a"]),
            (.contiguous, false, ["a", "b", "aa", "c", "a"]),
            (.removed, true, ["a", "a", "a", "a"]),
            (.isolated, true, ["a", "b", "a", "a", "c", "a"]),
            (.mergedWithPrevious, true, ["ab", "a", "ac", "a"]),
            (.mergedWithNext, true, ["a", "ba", "a", "ca"]),
            (.contiguous, true, ["a", "b", "aa", "c", "a"]),
        ])
    func splits(behavior: SplitBehavior, isInverse: Bool, expected: [String]) {
        let step = PreTokenizer.split(.literal([0x61]), behavior, isInverse: isInverse)
        #expect(pieces("abaaca", step) == expected)
    }

    @Test(
        "the scanners equal their patterns",
        arguments: [
            SplitScanner.gpt2Pattern,
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
                + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
                + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
        ], [1, 2, 3, 4] as [UInt64])
    func scans(pattern: String, seed: UInt64) throws {
        let scanner = try #require(SplitScanner(pattern: pattern))
        let general = try Pattern(pattern)
        var random = SplitMix64(seed: seed)
        let parts = [
            "'", "s", "S", "ll", "LL", "re", "ſ", "'ve", "a", "é", "Ж", "1", "٣", " ", "  ",
            "\n", "\r", "\t", "\u{A0}", "\u{3000}", ".", "!?", "🙂", "\u{301}", "你", "\u{85}",
        ]
        for _ in 0..<200 {
            let count = Int.random(in: 1..<12, using: &random)
            let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }
            let joined = text.joined()
            let fast = PreTokenizer.split(.scanner(scanner), .isolated, isInverse: false)
            let slow = PreTokenizer.split(.pattern(general), .isolated, isInverse: false)
            #expect(pieces(joined, fast) == pieces(joined, slow), "\(joined.debug)")
        }
    }

    @Test("classes of scalars")
    func classes() {
        let digits = PreTokenizer.split(.scalars(.numeric), .isolated, isInverse: false)
        #expect(pieces("a12²b", digits) == ["a", "1", "2", "²", "b"])
        let runs = PreTokenizer.split(.scalars(.numeric), .contiguous, isInverse: false)
        #expect(pieces("a12²b", runs) == ["a", "12²", "b"])
        let marks = PreTokenizer.split(.scalars(.punctuation), .isolated, isInverse: false)
        #expect(pieces("a!?$b。", marks) == ["a", "!", "?", "$", "b", "。"])
        let words = PreTokenizer.split(.wordsAndSymbols, .removed, isInverse: true)
        #expect(pieces(" ab_c,.  d\u{301}!", words) == ["ab_c", ",.", "d\u{301}", "!"])
        let spaces = PreTokenizer.split(.scalars(.space), .removed, isInverse: false)
        #expect(pieces(" a\u{3000}b \n", spaces) == ["a", "b"])
    }

    @Test(
        "Metaspace",
        arguments: [
            (PrependScheme.always, true, "a b  c", ["▁a", "▁b", "▁", "▁c"]),
            (.first, false, "a b", ["▁a▁b"]),
            (.never, true, "a b", ["a", "▁b"]),
            (.always, false, " a", ["▁a"]),
        ])
    func metaspace(scheme: PrependScheme, splits: Bool, text: String, expected: [String]) {
        let metaspace = PreTokenizer.Metaspace(
            replacement: Array("▁".utf8), scheme: scheme, splits: splits)
        #expect(pieces(text, .metaspace(metaspace)) == expected)
    }

    @Test("'first' means the start of the input, not of a piece")
    func firstPiece() {
        let spaces = PreTokenizer.split(.scalars(.space), .removed, isInverse: false)
        let first = PreTokenizer.Metaspace(
            replacement: Array("▁".utf8), scheme: .first, splits: true)
        #expect(pieces("a b", spaces, .metaspace(first)) == ["▁a", "b"])
        #expect(pieces(" a b", spaces, .metaspace(first)) == ["a", "b"])
    }

    @Test("stand-ins and prefix space")
    func byteAlphabet() {
        #expect(pieces("é a", .prefixSpace, .byteAlphabet) == ["ĠÃ©Ġa"])
        #expect(pieces(" a", .prefixSpace, .byteAlphabet) == ["Ġa"])
    }
}
