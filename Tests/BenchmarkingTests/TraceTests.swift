import Testing

@testable import Benchmarking

struct TraceReaderTests {
    private func parse(_ text: String) throws(WorkloadError) -> [TraceRow] {
        try TraceReader.parse(Array(text.utf8), file: "t.csv")
    }

    @Test func readsRows() throws {
        let rows = try parse("arrival_s,input_tokens,output_tokens\n0.5,10,20\n1,30,40\n")
        #expect(
            rows == [
                TraceRow(arrivalSeconds: 0.5, inputTokens: 10, outputTokens: 20),
                TraceRow(arrivalSeconds: 1, inputTokens: 30, outputTokens: 40),
            ])
    }

    @Test func takesAnyColumnOrderLineEndAndSpaces() throws {
        let text =
            "\u{FEFF}client_id, output_tokens ,arrival_s,input_tokens\r\n"
            + "abc,4,2e0,3\r\n\r\nx,1,0.5,2"
        let rows = try parse(text)
        #expect(
            rows == [
                TraceRow(arrivalSeconds: 0.5, inputTokens: 2, outputTokens: 1),
                TraceRow(arrivalSeconds: 2, inputTokens: 3, outputTokens: 4),
            ])
    }

    @Test(arguments: [
        ("", "t.csv: no rows, expected the header arrival_s,input_tokens,output_tokens and rows"),
        ("arrival_s,input_tokens,output_tokens\n", "t.csv: no rows"),
        ("arrival_s,input_tokens\n1,2\n", "t.csv:1: no column 'output_tokens'"),
        ("arrival_s,input_tokens,output_tokens\n1,2\n", "t.csv:2: 2 fields, expected 3"),
        ("arrival_s,input_tokens,output_tokens\n\nx,2,3\n", "t.csv:3: arrival_s is 'x', expected"),
        ("arrival_s,input_tokens,output_tokens\n-1,2,3\n", "t.csv:2: arrival_s is '-1', expected"),
        ("arrival_s,input_tokens,output_tokens\nnan,2,3\n", "t.csv:2: arrival_s is 'nan'"),
        ("arrival_s,input_tokens,output_tokens\n1,2.5,3\n", "t.csv:2: input_tokens is '2.5'"),
        ("arrival_s,input_tokens,output_tokens\n1,2,-3\n", "t.csv:2: output_tokens is '-3'"),
        ("arrival_s,input_tokens,output_tokens\n\"1\",2,3\n", "t.csv:2: a quoted field"),
        ("\u{1F}", "t.csv:1: no column"),
    ])
    func namesWhatIsWrongAndWhere(text: String, message: String) {
        let error = #expect(throws: WorkloadError.self) { try parse(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test func refusesGzip() {
        let error = #expect(throws: WorkloadError.self) {
            try TraceReader.parse([0x1F, 0x8B, 8], file: "t.gz")
        }
        #expect(error?.message.contains("unpack") == true)
    }

    @Test func missingFileIsNamed() {
        let error = #expect(throws: WorkloadError.self) { try TraceReader.read("/none/x.csv") }
        #expect(error?.description == "/none/x.csv: No such file or directory")
    }
}

struct TraceWorkloadTests {
    private let rows = (0..<100).map {
        TraceRow(arrivalSeconds: Double($0), inputTokens: 100 + $0, outputTokens: 10 + $0)
    }

    @Test func cutsASliceAndMovesItToZero() throws {
        var trace = TraceWorkload(path: "t")
        trace.startSeconds = 20
        trace.durationSeconds = 10
        trace.timeScale = 2
        let made = try trace.make(from: rows)
        #expect(made.requests.map(\.arrivalSeconds) == (0..<10).map { Double($0) / 2 })
        #expect(made.requests.map(\.plannedInputTokens) == Array(120..<130))
        #expect(made.requests.map(\.outputTokens) == Array(30..<40))
        trace.limit = 3
        #expect(try trace.make(from: rows).requests.count == 3)
    }

    @Test func anEmptySliceIsAnError() {
        var trace = TraceWorkload(path: "t")
        trace.startSeconds = 200
        let error = #expect(throws: WorkloadError.self) { try trace.make(from: rows) }
        #expect(error?.message.contains("the trace ends at 99.0") == true)
    }

    @Test func copiesAreNotSimultaneous() throws {
        var trace = TraceWorkload(path: "t")
        trace.rateScale = 3
        let made = try trace.make(from: rows)
        #expect(made.requests.count == 300)
        let times = made.requests.map(\.arrivalSeconds)
        #expect(Set(times).count == 300)
        #expect(times == times.sorted())
        #expect(times.allSatisfy { $0 - $0.rounded(.down) <= TraceUpscaler.jitterSeconds })
        #expect(Set(made.requests.map(\.prompt)).count == 300)
        #expect(made == (try trace.make(from: rows)))
    }

    @Test func lengthsAreScaledAndClipped() {
        var limits = LengthLimits()
        limits.inputScale = 0.5
        limits.outputScale = 2
        #expect(limits.fit(input: 101, output: 10) == (51, 20))
        #expect(limits.fit(input: 0, output: 0) == (1, 1))
        limits.maxInput = 40
        limits.maxOutput = 15
        #expect(limits.fit(input: 101, output: 10) == (40, 15))
        limits.maxTotal = 50
        #expect(limits.fit(input: 101, output: 10) == (35, 15))
        limits.maxTotal = 10
        #expect(limits.fit(input: 101, output: 10) == (1, 9))
    }
}

struct TraceUpscalerTests {
    private let rows = (0..<10_000).map {
        TraceRow(arrivalSeconds: Double($0), inputTokens: $0, outputTokens: 1)
    }

    /// The mean is s per arrival; a count is a sum of Bernoulli trials, here within 4 deviations.
    @Test(arguments: [0.25, 0.7, 1.5, 2.2, 3.9], [1 as UInt64, 42])
    func keepsTheRate(scale: Double, seed: UInt64) {
        let kept = TraceUpscaler(scale: scale, seed: seed).rows(from: rows)
        let probability = scale / scale.rounded(.up)
        let variance = 10_000 * scale * (1 - probability)
        #expect(abs(Double(kept.count) - 10_000 * scale) <= 4 * variance.squareRoot())
        #expect(kept.allSatisfy { Double($0.copy) < scale.rounded(.up) })
        let again = TraceUpscaler(scale: scale, seed: seed).rows(from: rows)
        #expect(kept.map(\.row) == again.map(\.row))
    }

    /// Bursts stay where they are: each tenth of the trace grows alike.
    @Test func keepsTheShape() {
        let kept = TraceUpscaler(scale: 1.5, seed: 3).rows(from: rows)
        for tenth in 0..<10 {
            let count = kept.count { $0.row.inputTokens / 1000 == tenth }
            #expect((1400...1600).contains(count))
        }
    }

    @Test func wholeFactorsKeepEveryCopy() {
        #expect(TraceUpscaler(scale: 1, seed: 1).rows(from: rows).count == 10_000)
        #expect(TraceUpscaler(scale: 3, seed: 1).rows(from: rows).count == 30_000)
    }
}

struct PromptFileTests {
    @Test func readsPlainAndJSONLines() throws {
        var file = PromptFile(path: "p")
        file.outputTokens = 9
        file.count = 4
        let text = "hello\n\n{\"prompt\": \"a\\nb\", \"output_tokens\": 3}\r\n{\"prompt\":\"c\"}\n"
        let made = try file.make(from: Array(text.utf8))
        #expect(
            made.requests.map(\.prompt) == [
                .text("hello"), .text("a\nb"), .text("c"), .text("hello"),
            ])
        #expect(made.requests.map(\.outputTokens) == [9, 3, 9, 9])
    }

    @Test(arguments: [
        ("", "p: no prompts"), ("x\n{\"prompt\":1}", "p:2: no 'prompt'"),
        ("{\"prompt\":\"a\",\"output_tokens\":0}", "p:1: 'output_tokens' is 0"),
        ("{", "p:1: invalid JSON at byte 1"),
    ])
    func namesWhatIsWrong(text: String, message: String) {
        let error = #expect(throws: WorkloadError.self) {
            try PromptFile(path: "p").make(from: Array(text.utf8))
        }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
