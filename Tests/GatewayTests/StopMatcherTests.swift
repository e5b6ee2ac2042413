import TestSupport
internal import Testing

@testable import Gateway

@Suite struct StopMatcherTests {
    @Test func holdsBackOnlyWhatMayBecomeAStopString() {
        var matcher = StopMatcher(["END"])
        #expect(matcher.push("a") == .init(text: "a"))
        #expect(matcher.push("bE") == .init(text: "b"))
        #expect(matcher.push("N") == .init(text: ""))
        #expect(matcher.push("x") == .init(text: "ENx"))
        #expect(matcher.push("EEN") == .init(text: "E"))
        #expect(matcher.push("D tail") == .init(text: "", found: "END"))
    }

    @Test func flushGivesOutTheRest() {
        var matcher = StopMatcher(["</stop>"])
        #expect(matcher.push("x</st").text == "x")
        #expect(matcher.flush() == "</st")
        #expect(matcher.flush() == "")
    }

    @Test func longestOfThoseThatEndTogether() {
        var matcher = StopMatcher(["b", "ab"])
        #expect(matcher.push("xab") == .init(text: "x", found: "ab"))
    }

    @Test func unarmedMatchesDoNotEnd() {
        var matcher = StopMatcher(["ab"])
        #expect(matcher.push("ab", armed: false) == .init(text: "ab"))
        #expect(matcher.push("a", armed: false) == .init(text: ""))
        #expect(matcher.push("b") == .init(text: "", found: "ab"))
    }

    @Test func charactersStayWhole() {
        var matcher = StopMatcher(["é!"])
        #expect(matcher.push("aé") == .init(text: "a"))
        #expect(matcher.push("è") == .init(text: "éè"))
    }

    /// Against a search in the whole text, over small alphabets that make overlaps likely.
    @Test(arguments: 0..<400)
    func agreesWithNaiveSearch(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = ["a", "b", "é", "c"].prefix(Int.random(in: 2...4, using: &random))
        func word(_ lengths: ClosedRange<Int>) -> String {
            (0..<Int.random(in: lengths, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? "a"
            }.joined()
        }
        let stops = (0..<Int.random(in: 1...4, using: &random)).map { _ in word(1...5) }
        var matcher = StopMatcher(stops)
        var whole = ""
        var emitted = ""
        var found: String?
        for _ in 0..<12 where found == nil {
            let piece = word(0...4)
            whole += piece
            let outcome = matcher.push(piece)
            emitted += outcome.text
            found = outcome.found
            let expected = Self.search(whole, stops)
            #expect(found == expected?.stop)
            #expect(emitted == expected?.before ?? Self.safe(whole, stops))
        }
        if found == nil { #expect(emitted + matcher.flush() == whole) }
    }

    /// The stop string that ends first, the longest of several, and the text before it.
    private static func search(
        _ text: String, _ stops: [String]
    ) -> (before: String, stop: String)? {
        let bytes = Array(text.utf8)
        for end in 0...bytes.count {
            let ending = stops.filter { bytes[..<end].reversed().starts(with: $0.utf8.reversed()) }
            guard let stop = ending.max(by: { $0.utf8.count < $1.utf8.count }) else { continue }
            return (String(decoding: bytes[..<(end - stop.utf8.count)], as: UTF8.self), stop)
        }
        return nil
    }

    /// The text without its longest suffix that begins a stop string.
    private static func safe(_ text: String, _ stops: [String]) -> String {
        let bytes = Array(text.utf8)
        for start in 0...bytes.count
        where stops.contains(where: { stop in
            stop.utf8.starts(with: bytes[start...]) && stop.utf8.count > bytes.count - start
        }) {
            return String(decoding: bytes[..<start], as: UTF8.self)
        }
        return text
    }
}
