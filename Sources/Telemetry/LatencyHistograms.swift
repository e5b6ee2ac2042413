/// Where the time of requests goes, in seconds.
struct LatencyHistograms: Sendable {
    let firstToken: Histogram
    let interToken: Histogram
    let perOutputToken: Histogram
    let total: Histogram
    let queued: Histogram
    let prefill: Histogram
    let decode: Histogram
    let inference: Histogram

    init(_ make: MetricsMaker) {
        firstToken = make.histogram(
            "time_to_first_token_seconds", "Arrival to first token.",
            MetricBuckets.timeToFirstToken)
        interToken = make.histogram(
            "inter_token_latency_seconds", "Between two tokens of a request.",
            MetricBuckets.interToken)
        perOutputToken = make.histogram(
            "request_time_per_output_token_seconds", "Mean time per token after the first.",
            MetricBuckets.interToken)
        func phase(_ name: String, _ help: String) -> Histogram {
            make.histogram(name, help, MetricBuckets.request)
        }
        total = phase("e2e_request_latency_seconds", "Arrival to last token.")
        queued = phase("request_queue_time_seconds", "Waiting to be executed.")
        prefill = phase("request_prefill_time_seconds", "Execution up to the first token.")
        decode = phase("request_decode_time_seconds", "First to last token.")
        inference = phase("request_inference_time_seconds", "Execution.")
    }
}
