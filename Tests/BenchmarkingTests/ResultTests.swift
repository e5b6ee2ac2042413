import Domain
import Testing

@testable import Benchmarking

/// Results against values computed by hand from `TestRuns.small`.
struct ResultTests {
    private let result = TestRuns.result

    @Test func latenciesOfEachKind() {
        #expect(result.distribution(.ttft).values == [100, 1000])
        // (300 - 100) / 2 and (1300 - 1000) / 4
        #expect(result.distribution(.tpot).values == [75, 100])
        #expect(result.distribution(.itl).values.map { $0.rounded() } == [100, 100, 100, 200])
        #expect(result.distribution(.e2el).values == [300, 1300])
    }

    @Test func nothingIsLost() {
        let names = ["completed", "rejected", "failed", "timed_out"]
        #expect(names.map(result.count) == [2, 1, 1, 0])
        #expect(names.map(result.count).reduce(0, +) == result.run.requests.count)
        #expect(result.failures.map(\.kind) == ["rejected_503", "truncated"])
        #expect(result.failures.map(\.count) == [1, 1])
    }

    @Test func refusalsHaveTheirOwnTimes() {
        var result = result
        #expect(result.refusals.values == [0])
        result.run.requests[2].ended = .milliseconds(1004)
        #expect(result.refusals.values == [4])
        #expect(result.distribution(.e2el).count == 2)
    }

    @Test func ratesCountCompletedRequests() {
        #expect(result.perSecond(result.completed.count) == 1)
        #expect(result.outputTokens == 8)
        #expect(result.inputTokens == 20)
    }

    @Test func goodputNeedsEveryLimit() throws {
        var result = result
        #expect(result.goodput == nil)
        let cases = [
            (["ttft:100"], 0.5), (["ttft:99"], 0), (["ttft:1000", "tpot:80"], 0.5),
            (["e2el:2000"], 1.0), (["ttft:100", "tpot:75"], 0.0),
        ]
        for (limits, expected) in cases {
            result.description.goodput = try #require(Goodput(parsing: limits))
            #expect(result.goodput == expected, "\(limits)")
        }
        for wrong in ["ttft", "ttft:x", "itl:5", "ttft:-1", "ttft:1:2", "ttft:inf"] {
            #expect(Goodput(parsing: [wrong]) == nil)
        }
    }

    @Test func violationsCountWhatWasNotAnswered() {
        let curve = ViolationCurve(baseTTFT: 100, baseTPOT: 50)
        let points = curve.points(of: TestRuns.small.requests)
        #expect(points.map(\.factor) == Array(1...10))
        // Two of four have no answer; 1000 ms is within factor 10, 100 ms at once.
        #expect(points.map(\.ttft) == [0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.5])
        #expect(points[0].tpot == 1)
        #expect(points[1].tpot == 0.5)
        #expect(points[1].any == 0.75)
        #expect(points[9].any == 0.5)
    }

    @Test func lateGeneratorWarns() {
        var result = result
        #expect(result.warnings == ["1 requests were not sent before the time was over"])
        for index in result.run.requests.indices {
            result.run.requests[index].taken =
                result.run.requests[index].origin + .milliseconds(6)
        }
        #expect(result.warnings.first?.contains("6 ms behind its schedule") == true)
        result.description.hasSchedule = false
        #expect(result.warnings.count == 1)
    }

    @Test func fileNameIsLikeVLLMs() {
        var description = TestRuns.description
        #expect(description.fileName == "openai-2.0qps-demo-20261121-140509.json")
        description.label = "a/b"
        description.maxConcurrency = 4
        description.requestRate = nil
        description.model = "org/name"
        #expect(description.fileName == "a_b-infqps-concurrency4-name-20261121-140509.json")
    }

    @Test func tableHasTheKnownLines() {
        let lines = result.table.split(separator: "\n")
        let expected = [
            "============ Serving Benchmark Result ============",
            "Successful requests:                     2",
            "Failed requests:                         1",
            "Rejected requests:                       1",
            "Request rate configured (RPS):           2.00",
            "Benchmark duration (s):                  2.00",
            "Total input tokens:                      20",
            "Total generated tokens:                  8",
            "Request throughput (req/s):              1.00",
            "Output token throughput (tok/s):         4.00",
            "---------------Time to First Token----------------",
            "Mean TTFT (ms):                          550.00",
            "P99 TTFT (ms):                           991.00",
            "-----Time per Output Token (excl. 1st token)------",
            "Median TPOT (ms):                        87.50",
            "---------------Inter-token Latency----------------",
            "----------------End-to-end Latency----------------",
            "P99.9 E2EL (ms):                         1299.00",
            "==================================================",
            "1 x rejected_503: rejected with status 503",
        ]
        for line in expected { #expect(lines.contains { $0 == line }, "\(line)") }
    }
}
