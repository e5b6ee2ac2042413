import TestSupport
internal import Testing

@testable internal import Tokenization

/// Rewritten texts, as the reference rewrites them.
@Suite("Normalizers")
struct NormalizerTests {
    private func normalized(_ text: String, _ normalizer: Normalizer) -> String {
        var working = WorkingText(bytes: Array(text.utf8), startsAtOrigin: true)
        normalizer.apply(to: &working)
        return String(decoding: working.bytes, as: UTF8.self)
    }

    @Test(
        "normalization forms",
        arguments: [
            (NormalizationForm.composed, "e\u{301}", "\u{E9}"),
            (.composed, "a\u{328}\u{301}", "\u{105}\u{301}"),
            (.composed, "\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
            (.composed, "\u{212B}\u{2126}\u{F900}", "\u{C5}\u{3A9}\u{8C48}"),
            (.composed, "\u{958}", "\u{915}\u{93C}"),
            (.composed, "x\u{316}\u{301}\u{300}y", "x\u{316}\u{301}\u{300}y"),
            (.composed, "e\u{301} plain e\u{301}", "\u{E9} plain \u{E9}"),
            (.decomposed, "\u{E9}\u{D55C}", "e\u{301}\u{1112}\u{1161}\u{11AB}"),
            (.decomposed, "a\u{301}\u{328}", "a\u{328}\u{301}"),
            (.decomposed, "\u{304}\u{F73}", "\u{F71}\u{F72}\u{304}"),
            (.compatibilityComposed, "ﬁ①½ｱ", "fi11\u{2044}2ア"),
            (.compatibilityComposed, "\u{A0}\u{1E9B}\u{323}", " \u{1E69}"),
            (.compatibilityDecomposed, "\u{1E9B}\u{323}", "s\u{323}\u{307}"),
            // Unicode 10 and later is unknown to the reference.
            (.decomposed, "\u{11938}", "\u{11938}"),
            (.composed, "\u{11935}\u{11930}", "\u{11935}\u{11930}"),
            (.composed, "\u{EB8}\u{EBA}", "\u{EB8}\u{EBA}"),
        ])
    func forms(form: NormalizationForm, text: String, expected: String) {
        expectSame(normalized(text, .normalizationForm(form)), expected, "\(text.debug)")
    }

    @Test("composing in parts equals composing at once", arguments: 1...4 as ClosedRange<UInt64>)
    func composesInParts(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet: [UInt32] = [
            0x61, 0x65, 0x41, 0x300, 0x301, 0x327, 0x323, 0x345, 0x3B1, 0x1100, 0x1161, 0x11A8,
            0xAC00, 0xAC01, 0x915, 0x93C, 0x9C7, 0x9BE, 0x1F00, 0x4F60, 0x20, 0xC5, 0x212B,
        ]
        for _ in 0..<300 {
            let scalars = (0..<Int.random(in: 1..<9, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random).flatMap { Unicode.Scalar($0) }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let composed = normalized(String(text), .normalizationForm(.composed))
            let decomposed = normalized(String(text), .normalizationForm(.decomposed))
            let again = normalized(decomposed, .normalizationForm(.composed))
            expectSame(composed, again, "\(String(text).debug)")
            #expect(composed == String(text))
        }
    }

    @Test("the small ones")
    func small() throws {
        #expect(
            normalized("ÀÉİΣ", .lowercase).unicodeScalars.map(\.value) == [
                0xE0, 0xE9, 0x69, 0x307, 0x3C3,
            ])
        #expect(normalized(" \u{3000}a b\n", .strip(left: true, right: true)) == "a b")
        #expect(normalized(" a ", .strip(left: false, right: true)) == " a")
        expectSame(normalized("e\u{301}\u{327}x", .stripAccents), "ex", "accents")
        #expect(normalized("a", .prepend([0x5F])) == "_a")
        #expect(normalized("", .prepend([0x5F])) == "")
        let space = Normalizer.replace(.literal([0x20]), with: Array("▁".utf8))
        #expect(normalized("a  b", space) == "a▁▁b")
        let digits = Normalizer.replace(.pattern(try Pattern(#"\d+"#)), with: [0x30])
        #expect(normalized("a12b345", digits) == "a0b0")
        #expect(normalized("a b", .sequence([space, .prepend([0x5F])])) == "_a▁b")
    }

    @Test("a text does not grow without end")
    func growth() {
        let double = Normalizer.replace(.literal([0x61]), with: [0x61, 0x61])
        let many = Normalizer.sequence([Normalizer](repeating: double, count: 200))
        #expect(normalized("a", many).utf8.count < 1 << 18)
        let huge = Normalizer.replace(.literal([0x61]), with: [UInt8](repeating: 0x62, count: 9999))
        #expect(normalized(String(repeating: "a", count: 999), huge).utf8.count < 1 << 18)
    }
}
