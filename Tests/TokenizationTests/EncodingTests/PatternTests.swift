import TestSupport
internal import Testing

@testable internal import Tokenization

/// Patterns against what Oniguruma's Ruby mode finds.
@Suite("Patterns")
struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        var found: [String] = []
        try Pattern(pattern).forEachMatch(in: bytes, bytes.indices) { range in
            if !range.isEmpty { found.append(String(decoding: bytes[range], as: UTF8.self)) }
        }
        return found
    }

    @Test(
        "matches",
        arguments: [
            (#"\p{L}+"#, "añb 12 Ж", ["añb", "Ж"]),
            (#"[^\s\p{L}]+"#, "a,b 1!", [",", "1!"]),
            (#"\s+(?!\S)|\s+"#, "a   b  ", ["  ", " ", "  "]),
            (#"(?i:'s|'t)"#, "'S't'ſ'x", ["'S", "'t", "'ſ"]),
            ("a+?", "aaa", ["a", "a", "a"]),
            ("a{2,3}", "aaaaaaa", ["aaa", "aaa"]),
            ("a{2}+", "aaaaa", ["aaaa"]),
            ("(?:ab|a)c?", "abcaac", ["abc", "a", "ac"]),
            ("a++b|a", "aab aac", ["aab", "a", "a"]),
            ("(?<=a)b", "ab bb", ["b"]),
            ("(?<!a)b", "ab bb", ["b", "b"]),
            ("^.", "ab\ncd", ["a", "c"]),
            (".$", "ab\ncd", ["b", "d"]),
            (#"\A.|.\z"#, "abc", ["a", "c"]),
            ("x*", "axxb", ["xx"]),
            ("(?>a|ab)c", "abcac", ["ac"]),
            (#"\bfoo\b"#, "foo food foo", ["foo", "foo"]),
            ("[a-c&&[^b]]+", "abcabc", ["a", "ca", "c"]),
            ("[]x]+", "a]x", ["]x"]),
            ("(a|b|ab)*c", "ababc", ["ababc"]),
            ("(?:a?)*b", "aab", ["aab"]),
            (#"\p{Lu}\p{Ll}*|\d"#, "HelloWorld42", ["Hello", "World", "4", "2"]),
            (#"[^\S\n]+"#, "a \t\nb", [" \t"]),
            (#"\u4f60|\x{1F642}"#, "你🙂", ["你", "🙂"]),
            (#"\P{L}+"#, "ab12,c", ["12,"]),
            ("(?i)привет", "ПРИВЕТ привет", ["ПРИВЕТ", "привет"]),
            ("a{,2}", "aaa", ["aa", "a"]),
            (#"\h+"#, "xfF0g", ["fF0"]),
            ("(?m:a.b)", "a\nb", ["a\nb"]),
            ("a|b|", "cab", ["a", "b"]),
            ("(?x) a b # c", "ab", ["ab"]),
            (#"[\p{Han}]+"#, "漢字かな", ["漢字"]),
            (#"\w+|[\w]+"#, "²", ["²"]),
            (#"[\w]+"#, "²", []),
            ("(?i:[i-k])+", "iIıJ\u{212A}", ["iI", "J\u{212A}"]),
            (#"(?i:[\w&&[^a]])+"#, "bAa", ["bAa"]),
        ])
    func finds(pattern: String, text: String, expected: [String]) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(
        "unsupported or malformed patterns are errors",
        arguments: [
            "(", ")", "a)", "(?:", "[a", "[", "[b-a]", "*a", "a**b{2,1}", #"\p{Klingon}"#,
            #"\p{L"#, #"\1"#, #"\k<a>"#, #"\x{110000}"#, #"\u12"#, "\\", "(?<=a+)b", "(?&a)",
            "a{100001}", "(?:(?:a{99}){99}b){99}", "[[:nope:]]", "(?i", #"\X"#,
            String(repeating: "(", count: 500), String(repeating: "[", count: 500),
            "a" + String(repeating: "+", count: 50), "(?:(?:(?:){99999}){99999}){99999}",
            "[a" + String(repeating: "&&a", count: 500) + "]",
            "(?<=(?:(?:a{99999}){99999}){99999})b",
        ])
    func refuses(pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test(
        "time stays linear for patterns that backtrack without end",
        arguments: ["(a+)+b", "(a|a)*b", "(?:a*)*b", "(?:(?:a?){30}){30}b", "(?=(a+)+b)a"])
    func isBounded(pattern: String) throws {
        _ = try matches(pattern, String(repeating: "a", count: 2000))
    }

    @Test("any pattern is refused or matches", arguments: 1...4 as ClosedRange<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts = [
            "a", "b", "é", ".", "(", ")", "(?:", "(?i:", "(?=", "(?!", "(?<=", "(?>", "[", "]", "^",
            "$", "[^", "-", "&&", "|", "*", "+", "?", "{2}", "{1,3}", "{,2}", "{", "}", #"\p{L}"#,
            #"\s"#, #"\W"#, #"\b"#, #"\z"#, "\\", "(?i)", "(?x)", "#", " ", "[[:word:]]", "\n",
        ]
        var accepted = 0
        for _ in 0..<400 {
            let count = Int.random(in: 1..<10, using: &random)
            let pattern = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }
            if (try? matches(pattern.joined(), "aab é\n12 🙂ba")) != nil { accepted += 1 }
        }
        #expect(accepted > 20)
    }
}
