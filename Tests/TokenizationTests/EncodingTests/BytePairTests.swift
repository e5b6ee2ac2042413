internal import Domain
import TestSupport
internal import Testing
internal import Tokenization

@Suite("Byte-pair encoding")
struct BytePairTests {
    @Test("the lowest rank merges first, the leftmost among equals")
    func order() throws {
        let small = SmallTokenizer(merges: [("b", "c"), ("a", "b"), ("a", "a")])
        #expect(try small.tokens("abc") == ["a", "bc"])
        #expect(try small.tokens("aaa") == ["aa", "a"])
        #expect(try small.tokens("aab") == ["a", "ab"])
    }

    @Test(
        "long words equal a plain search for the best pair", arguments: 1...6 as ClosedRange<UInt64>
    )
    func equalsPlainMerging(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var merges: [(String, String)] = []
        var tokens = ["a", "b", "c"]
        for _ in 0..<40 {
            guard let left = tokens.randomElement(using: &random),
                let right = tokens.randomElement(using: &random), left.count + right.count < 9,
                !merges.contains(where: { $0 == (left, right) })
            else { continue }
            merges.append((left, right))
            if !tokens.contains(left + right) { tokens.append(left + right) }
        }
        let tokenizer = try SmallTokenizer(merges: merges).make()
        for count in [2, 7, 15, 16, 17, 39, 40, 41, 42, 120, 300] {
            let word = (0..<count).map { _ in ["a", "b", "c"].randomElement(using: &random) ?? "a" }
            let actual = tokenizer.encode(word.joined()).map { tokenizer.token(for: $0) ?? "?" }
            #expect(actual == Self.mergePlainly(word, merges), "\(word.joined())")
        }
    }

    /// Quadratic and obvious.
    private static func mergePlainly(
        _ word: [String], _ merges: [(String, String)]
    ) -> [String] {
        var ranks: [[String]: Int] = [:]
        for (rank, merge) in merges.enumerated() { ranks[[merge.0, merge.1]] = rank }
        var word = word
        while true {
            let pairs = zip(word, word.dropFirst()).map { ranks[[$0, $1]] ?? .max }
            guard let best = pairs.min(), best < .max, let index = pairs.firstIndex(of: best)
            else { return word }
            word[index] += word.remove(at: index + 1)
        }
    }

    @Test("what the vocabulary lacks")
    func unknown() throws {
        var small = SmallTokenizer()
        #expect(try small.tokens("aéüb") == ["a", "<unk>", "<unk>", "b"])
        small.model = [("fuse_unk", true)]
        #expect(try small.tokens("aéüb") == ["a", "<unk>", "b"])
        small.model = [("unk_token", nil)]
        #expect(try small.tokens("aéüb") == ["a", "b"])
    }

    @Test("byte tokens for what the vocabulary lacks")
    func byteFallback() throws {
        let json = try JSON.parse(
            """
            {"model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>", "vocab":
            {"<unk>": 0, "a": 1, "<0xC3>": 2, "<0xA9>": 3, "<0xE4>": 4}, "merges": []}}
            """)
        let tokenizer = try Tokenizer(json: json, source: "t")
        #expect(tokenizer.encode("aéa") == [1, 2, 3, 1])
        // U+4F60 is E4 BD A0, and two of these bytes have no token.
        #expect(tokenizer.encode("a你") == [1, 0])
        // The reference writes an unknown token after the byte tokens that follow it.
        #expect(tokenizer.encode("你éa") == [2, 3, 0, 1])
    }

    @Test("whole pieces with ignore_merges")
    func wholePieces() throws {
        var small = SmallTokenizer(merges: [("a", "b"), ("b", "c"), ("a", "bc")])
        #expect(try small.tokens("abc") == ["ab", "c"])
        small.model = [("ignore_merges", true)]
        #expect(try small.tokens("abc") == ["abc"])
        #expect(try small.tokens("abcc") == ["ab", "c", "c"])
    }

    @Test("merges as pairs and as lines are the same")
    func mergeForms() throws {
        var small = SmallTokenizer(merges: [("a", "b"), ("ab", "c")])
        let pairs = try small.tokens("abcab")
        small.model = [("merges", ["#version: 0.2", "a b", "ab c"])]
        #expect(try small.tokens("abcab") == pairs)
    }

    @Test("a megabyte of one letter")
    func longWord() throws {
        let merges = [("a", "a"), ("aa", "aa"), ("aaaa", "aaaa")]
        let tokenizer = try SmallTokenizer(merges: merges).make()
        let ids = tokenizer.encode(String(repeating: "a", count: 1 << 16))
        #expect(ids.count == 1 << 13)
    }

    @Test("canonically equivalent tokens stay different")
    func equivalents() throws {
        let json = try JSON.parse(
            #"{"model": {"vocab": {"\u00c5": 0, "\u212b": 1, "A": 2, "\u030a": 3}, "merges": []}}"#)
        let tokenizer = try Tokenizer(json: json, source: "t")
        #expect(tokenizer.encode("\u{212B}\u{C5}A\u{30A}") == [1, 0, 2, 3])
        #expect(tokenizer.tokenID(for: "\u{212B}") == 1)
    }
}
