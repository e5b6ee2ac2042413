import Domain
import Testing

@testable import Benchmarking

/// The result file: keys that other programs read, and that our own reports read back.
struct ResultFileTests {
    /// Golden: the keys of `vllm bench serve` first, then ours.
    private static let keys = [
        "date", "backend", "label", "model_id", "tokenizer_id", "num_prompts", "request_rate",
        "burstiness", "max_concurrency", "duration", "completed", "failed", "total_input_tokens",
        "total_output_tokens", "request_throughput", "request_goodput", "output_throughput",
        "total_token_throughput", "max_output_tokens_per_s", "max_concurrent_requests",
        "mean_ttft_ms", "median_ttft_ms", "std_ttft_ms", "p50_ttft_ms", "p90_ttft_ms",
        "p99_ttft_ms", "p99.9_ttft_ms", "mean_tpot_ms", "median_tpot_ms", "std_tpot_ms",
        "p50_tpot_ms", "p90_tpot_ms", "p99_tpot_ms", "p99.9_tpot_ms", "mean_itl_ms",
        "median_itl_ms", "std_itl_ms", "p50_itl_ms", "p90_itl_ms", "p99_itl_ms", "p99.9_itl_ms",
        "mean_e2el_ms", "median_e2el_ms", "std_e2el_ms", "p50_e2el_ms", "p90_e2el_ms",
        "p99_e2el_ms", "p99.9_e2el_ms", "input_lens", "output_lens", "ttfts", "itls", "latencies",
        "start_times", "queue_times", "errors", "engine", "endpoint", "workload", "seed",
        "command", "sent", "rejected", "timed_out", "not_sent", "failures", "outcomes",
        "ended_times", "mean_rejection_ms", "p99_rejection_ms", "mean_queue_ms", "p99_queue_ms",
        "median_send_lag_ms", "p99_send_lag_ms",
        "warnings", "goodput_limits", "slo_curve", "timeline", "cluster",
    ]

    private static let json: JSON = {
        var result = TestRuns.result
        result.description.violations = ViolationCurve(baseTTFT: 100, baseTPOT: 50)
        return result.json
    }()

    @Test func hasTheKnownKeysInOrder() {
        #expect(Self.json.objectValue?.keys == Self.keys)
    }

    @Test func hasTheKnownValues() {
        let json = Self.json
        #expect(json["num_prompts"] == 5)
        #expect(json["request_rate"]?.doubleValue == 2)
        #expect(json["max_concurrency"] == .null)
        #expect(json["duration"]?.doubleValue == 2)
        #expect(json["mean_ttft_ms"]?.doubleValue == 550)
        #expect(json["std_ttft_ms"]?.doubleValue == 450)
        #expect(json["median_e2el_ms"]?.doubleValue == 800)
        #expect(json["ttfts"] == [0.1, 1.0, 0.0, 0.1])
        #expect(json["itls"] == [[0.1, 0.1], [0.1, 0.2], [], []])
        #expect(json["output_lens"] == [3, 5, 0, 1])
        #expect(json["errors"] == ["", "", "rejected with status 503", "truncated: cut"])
        #expect(json["outcomes"] == ["completed", "completed", "rejected", "failed"])
        #expect(json["failures"] == ["rejected_503": 1, "truncated": 1])
        #expect(json["max_concurrent_requests"] == 2)
    }

    @Test func noRateIsInf() {
        var result = TestRuns.result
        result.description.requestRate = nil
        #expect(result.json["request_rate"] == "inf")
    }

    @Test func reportsReadItBack() throws {
        let saved = try JSON.parse(Self.json.bytes)
        let run = try ReportRun(name: "r", json: saved, file: "r.json")
        #expect(run.requests.map(\.outcome) == ["completed", "completed", "rejected", "failed"])
        #expect(run.ttft.values == [100, 1000])
        #expect(run.tpot.values.map { ($0 * 1000).rounded() } == [75_000, 100_000])
        #expect(run.samples == TestRuns.small.samples)
        #expect(run.events == TestRuns.small.events)
        #expect(run.seconds.count == 2)
        #expect(run.seconds[0].running == 2)
        #expect(run.command == "kunserve bench serve --label 'a b'")
    }

    /// A file of `vllm bench serve --save-detailed` has no outcomes and no timeline.
    @Test func reportsReadVLLMsFiles() throws {
        let text =
            #"{"completed":1,"duration":2.0,"ttfts":[0.5,0],"itls":[[0.1,0.1],[]],"#
            + #""output_lens":[3,0],"errors":["","boom"]}"#
        let run = try ReportRun(name: "v", json: try JSON.parse(text), file: "v.json")
        #expect(run.requests.map(\.outcome) == ["completed", "failed"])
        #expect(run.tpot.values.map { $0.rounded() } == [100])
        #expect(run.seconds.isEmpty)
        #expect(ReportWriter([run]).html.contains("<h2>Latency</h2>"))
    }

    @Test(arguments: ["{}", "[]", #"{"completed":1,"duration":1.0,"ttfts":[1]}"#])
    func refusesOtherFiles(text: String) {
        #expect(throws: ReportError.self) {
            try ReportRun(name: "x", json: try JSON.parse(text), file: "x.json")
        }
    }
}
