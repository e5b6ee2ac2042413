internal import Domain
internal import Telemetry
internal import Testing

@Suite struct ServerMetricsTests {
    private let metrics = ServerMetrics(
        modelName: "m", maxModelLength: 1000, blockSize: 16, blockCount: 64, version: "9.9")

    private var lines: [String] {
        String(decoding: metrics.render(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Whether the series has this value; labels other than the common ones come after them.
    private func has(_ name: String, _ value: String, _ labels: String = "") -> Bool {
        lines.contains("vllm:\(name){model_name=\"m\",engine=\"0\"\(labels)} \(value)")
    }

    @Test func everyNameIsThereFromTheStart() {
        let text = lines.joined(separator: "\n")
        let names = [
            "num_requests_running", "num_requests_waiting", "kv_cache_usage_perc",
            "num_preemptions_total", "prompt_tokens_total", "prompt_tokens_cached_total",
            "generation_tokens_total", "request_success_total", "prefix_cache_queries_total",
            "prefix_cache_hits_total", "admission_rejections_total",
            "time_to_first_token_seconds", "inter_token_latency_seconds",
            "request_time_per_output_token_seconds", "e2e_request_latency_seconds",
            "request_queue_time_seconds", "request_prefill_time_seconds",
            "request_decode_time_seconds", "request_inference_time_seconds",
            "request_prompt_tokens", "request_generation_tokens", "request_params_n",
            "request_params_max_tokens", "iteration_tokens_total", "request_num_preemptions",
            "cache_config_info",
        ]
        for name in names { #expect(text.contains("# TYPE vllm:\(name) "), "\(name)") }
        #expect(text.contains("kunserve:build_info{version=\"9.9\"} 1"))
        #expect(has("cache_config_info", "1", ",block_size=\"16\",num_gpu_blocks=\"64\""))
        for reason in ["stop", "length", "abort", "error"] {
            #expect(has("request_success_total", "0", ",finished_reason=\"\(reason)\""))
        }
    }

    @Test func load() {
        metrics.set(running: 3, waiting: 2, kvUsage: 0.5)
        metrics.set(blockCount: 80)
        #expect(has("num_requests_running", "3.0"))
        #expect(has("num_requests_waiting", "2.0"))
        #expect(has("kv_cache_usage_perc", "0.5"))
        #expect(has("cache_config_info", "1", ",block_size=\"16\",num_gpu_blocks=\"80\""))
    }

    @Test func stepsAndTokens() {
        metrics.recordStep(promptTokens: 100, generatedTokens: 3)
        metrics.recordPrefixCache(queried: 50, hit: 32)
        metrics.recordPreemption()
        metrics.recordFirstToken(after: .milliseconds(30))
        metrics.recordInterToken(.milliseconds(30))
        #expect(has("prompt_tokens_total", "100"))
        #expect(has("generation_tokens_total", "3"))
        #expect(has("iteration_tokens_total_bucket", "1", ",le=\"128.0\""))
        #expect(has("prefix_cache_queries_total", "50"))
        #expect(has("prefix_cache_hits_total", "32"))
        #expect(has("prompt_tokens_cached_total", "32"))
        #expect(has("num_preemptions_total", "1"))
        #expect(has("time_to_first_token_seconds_bucket", "0", ",le=\"0.02\""))
        #expect(has("time_to_first_token_seconds_bucket", "1", ",le=\"0.04\""))
        #expect(has("inter_token_latency_seconds_count", "1"))
    }

    @Test func finishedRequests() {
        let timings = RequestTimings(
            queued: .seconds(1), prefill: .seconds(2), decode: .seconds(4))
        let usage = GenerationUsage(promptTokens: 30, generatedTokens: 5, cachedTokens: 0)
        metrics.recordFinished(.stopToken(1), timings: timings, usage: usage, preemptions: 2)
        metrics.recordFinished(.stopString, timings: timings, usage: usage)
        metrics.recordFinished(.aborted, timings: timings, usage: usage)
        metrics.recordFinished(.failed("x"), timings: timings, usage: usage)
        #expect(has("request_success_total", "2", ",finished_reason=\"stop\""))
        #expect(has("request_success_total", "1", ",finished_reason=\"abort\""))
        #expect(has("request_success_total", "1", ",finished_reason=\"error\""))
        #expect(has("e2e_request_latency_seconds_sum", "28.0"))
        #expect(has("request_inference_time_seconds_sum", "24.0"))
        #expect(has("request_time_per_output_token_seconds_sum", "4.0"))
        #expect(has("request_num_preemptions_sum", "2.0"))
        #expect(has("request_prompt_tokens_bucket", "4", ",le=\"50.0\""))
    }

    @Test func rejectionsAndHTTP() {
        metrics.recordRejected(.overloaded(queued: 1, limit: 1))
        metrics.recordRejected(.draining)
        metrics.recordHTTPRequest(path: "/health", status: 200)
        metrics.recordParameters(choices: 2, maxTokens: 16)
        #expect(has("admission_rejections_total", "1", ",reason=\"overloaded\""))
        #expect(has("admission_rejections_total", "1", ",reason=\"draining\""))
        #expect(has("request_params_n_sum", "2.0"))
        #expect(has("request_params_max_tokens_bucket", "1", ",le=\"20.0\""))
        #expect(
            lines.contains("kunserve:http_requests_total{path=\"/health\",status=\"200\"} 1"))
    }

    /// Every line that is no comment is `name{labels} value`.
    @Test func wholeTextIsWellFormed() {
        for line in lines where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            #expect(parts.count == 2, "\(line)")
            #expect(parts.last.map { Double($0) ?? .nan }?.isFinite == true, "\(line)")
        }
    }
}
