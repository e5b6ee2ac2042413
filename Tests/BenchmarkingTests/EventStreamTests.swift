import Domain
import TestSupport
import Testing

@testable import Benchmarking

struct EventStreamTests {
    private func events(_ pieces: [[UInt8]]) throws -> [String] {
        var parser = EventStreamParser()
        var events: [[UInt8]] = []
        for piece in pieces { try parser.feed(piece, into: &events) }
        return events.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("data: a\n\n", ["a"]),
        ("data:a\r\n\r\n", ["a"]),
        ("data: a\r\rdata: b\r\r", ["a", "b"]),
        ("data:  a \n\n", [" a "]),
        ("data: a\ndata: b\n\n", ["a\nb"]),
        ("data\n\n", [""]),
        ("data:\ndata:\n\n", ["\n"]),
        (": comment\nevent: x\nid: 1\ndata: a\nretry: 5\n\n", ["a"]),
        ("event: x\n\n", []),
        ("data: unfinished", []),
        ("\u{FEFF}data: a\n\n", ["a"]),
        ("database: a\n\n", []),
        ("data: a\n\n\n\ndata: b\n\n", ["a", "b"]),
    ])
    func cutsEvents(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        #expect(try events([bytes]) == expected)
        #expect(try events(bytes.map { [$0] }) == expected)
    }

    @Test(arguments: 0..<40)
    func piecesDoNotMatter(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("data: \r\n\nax:{}\u{FEFF}".utf8)
        let bytes = (0..<400).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        let whole = try events([bytes])
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...9, using: &random))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        #expect(try events(pieces) == whole)
    }

    @Test func anEndlessLineIsAnError() throws {
        var parser = EventStreamParser(maxEventBytes: 1000)
        var events: [[UInt8]] = []
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
        try parser.feed(piece, into: &events)
        #expect(throws: EventStreamError.self) { try parser.feed([120], into: &events) }
    }

    @Test(arguments: ["data: 0123456789\n", "data\n", "data:\r\n"])
    func endlessDataIsAnError(line: String) {
        var parser = EventStreamParser(maxEventBytes: 1000)
        var events: [[UInt8]] = []
        #expect(throws: EventStreamError.self) {
            for _ in 0..<2000 { try parser.feed(line.utf8, into: &events) }
        }
        #expect(events.isEmpty)
    }

    /// Random bytes and damaged streams end in events or in an error, never in a trap.
    @Test(arguments: 0..<60)
    func damageIsAnErrorOrNothing(seed: Int) {
        var random = SplitMix64(seed: seed)
        let sample =
            #"data: {"choices":[{"index":0,"text":"a","finish_reason":null}],"usage":{"#
            + #""prompt_tokens":1,"completion_tokens":99999999999999999999}}"#
            + "\n\ndata: [DONE]\n\n"
        for _ in 0..<50 {
            var bytes = Array(sample.utf8)
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            var parser = EventStreamParser()
            var events: [[UInt8]] = []
            try? parser.feed(bytes, into: &events)
            for data in events { _ = try? StreamEvent(data) }
        }
    }
}

struct CompletionChunkTests {
    private func chunk(_ text: String) throws -> CompletionChunk {
        guard case .chunk(let chunk) = try StreamEvent(Array(text.utf8)) else {
            throw EventStreamError(message: "the end")
        }
        return chunk
    }

    @Test func readsCompletionsAndChats() throws {
        let completion = try chunk(#"{"choices":[{"text":"hi","finish_reason":"length"}]}"#)
        #expect(completion.text == "hi")
        #expect(completion.finishReason == "length")
        let chat = try chunk(#"{"choices":[{"delta":{"content":"ho"},"finish_reason":null}]}"#)
        #expect(chat.text == "ho")
        #expect(!chat.isRoleOnly)
        let role = try chunk(#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#)
        #expect(role.isRoleOnly)
        let thought = try chunk(#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#)
        #expect(thought.text == "hm")
    }

    @Test func readsUsageAndErrors() throws {
        let usage = try chunk(
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#)
        #expect(usage.text == nil)
        #expect(usage.promptTokens == 3)
        #expect(usage.completionTokens == 4)
        #expect(try chunk(#"{"error":{"message":"boom"}}"#).error == "boom")
        #expect(try chunk(#"{"error":null,"choices":[]}"#).error == nil)
        #expect(try chunk(#"{"usage":{"completion_tokens":-4}}"#).completionTokens == nil)
    }

    @Test func theEndIsNoJSON() throws {
        #expect(try StreamEvent(Array("[DONE]".utf8)) == .done)
        for text in ["", "[]", "7", "{", "null", "\"x\""] {
            #expect(throws: EventStreamError.self) { try StreamEvent(Array(text.utf8)) }
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: EventStreamError.self) {
            try StreamEvent(Array((#"{"a":"# + deep).utf8))
        }
    }
}
