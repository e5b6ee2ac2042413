import Domain
import TestSupport
import Testing

struct JSONTests {
    @Test(arguments: [
        (#"{"b":1,"a":[true,false,null,-0.5e2,"x\n\"\\é😀"]}"#),
        (#"[]"#), (#"{}"#), (#""""#), (#"9007199254740993"#), (#"[[[1]]]"#),
    ])
    func whatIsParsedIsWrittenInOrder(text: String) throws {
        let value = try JSON.parse(text)
        #expect(try JSON.parse(value.text) == value)
    }

    @Test func keysKeepTheirOrderAndTheLastValueWins() throws {
        let value = try JSON.parse(#"{"z":1,"a":2,"z":3}"#)
        #expect(value.text == #"{"z":3,"a":2}"#)
    }

    @Test func integersAndDoublesStayApart() throws {
        #expect(try JSON.parse("1") == .int(1))
        #expect(try JSON.parse("1.0") == .double(1))
        #expect(try JSON.parse("1e2") == .double(100))
        #expect(try JSON.parse("99999999999999999999") == .double(1e20))
    }

    @Test func escapesBecomeCharacters() throws {
        #expect(try JSON.parse(#""\u00e9\ud83d\ude00\/""#) == .string("é😀/"))
        #expect(try JSON.parse(#""\ud83dx""#) == .string("\u{FFFD}x"))
        #expect(try JSON.parse(#""\ud83d\u0041""#) == .string("\u{FFFD}A"))
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("tru", 0), ("01", 2), ("1.", 2), ("\"a", 2), ("{} x", 3),
        ("{\"a\" 1}", 5), ("\"\\x\"", 3), ("\"\u{1}\"", 1), ("-", 1), ("1e", 2), ("[1 2]", 3),
        ("1e999", 0), ("{1:2}", 1),
    ])
    func faultsNameTheirByte(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.offset == offset, "\(text)")
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSON.parse(deep) }
    }

    /// Random damage to a valid text is refused or parsed, never a trap.
    @Test(arguments: 0..<50) func damagedTextsNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = Array(#"{"a":[1,2.5,-3e-4,"\u00e9\ud83d\ude00x"],"b":{"c":null,"d":true}}"#.utf8)
        for _ in 0..<200 {
            var damaged = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: damaged.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged[position] = .random(in: 0...255, using: &random)
                case 1: damaged.remove(at: position)
                default: damaged.insert(.random(in: 0...255, using: &random), at: position)
                }
            }
            _ = try? JSON.parse(damaged)
        }
    }
}
