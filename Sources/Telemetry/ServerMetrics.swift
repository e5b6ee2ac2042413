package import Domain

/// All numbers a server shows under `/metrics`. Names, labels and buckets are vLLM's, so that
/// dashboards and autoscalers made for it work unchanged; our own carry the prefix `kunserve:`.
///
/// Recording is safe from any thread and allocates nothing, except for the two families whose
/// labels are only known then.
package final class ServerMetrics: Sendable {
    /// For metrics that other rooms add.
    package let registry = MetricsRegistry()
    /// `model_name` and `engine`, which every vLLM series carries.
    package let labels: MetricLabels

    let running: Gauge
    let waiting: Gauge
    let cacheUsage: Gauge
    let cacheBlocks = Gauge()
    let blockSize: TokenCount

    let preemptions: Counter
    let promptTokens: Counter
    let cachedTokens: Counter
    let generatedTokens: Counter
    let finished: FinishCounters
    let cacheQueries: Counter
    let cacheHits: Counter
    let rejections: CounterFamily

    let latency: LatencyHistograms
    let sizes: SizeHistograms
    let httpRequests: CounterFamily

    /// - Parameters:
    ///   - modelName: the served model name.
    ///   - engine: tells cells behind one endpoint apart.
    ///   - maxModelLength: bounds the buckets of the token counts.
    ///   - blockSize: token slots per KV block.
    ///   - version: of this program, for `kunserve:build_info`.
    package init(
        modelName: String,
        engine: String = "0",
        maxModelLength: TokenCount,
        blockSize: TokenCount,
        blockCount: BlockCount,
        version: String
    ) {
        let labels: MetricLabels = ["model_name": modelName, "engine": engine]
        let make = MetricsMaker(registry: registry, labels: labels)
        self.labels = labels
        self.blockSize = blockSize
        cacheBlocks.set(Double(blockCount))
        running = make.gauge("num_requests_running", "Requests in execution.")
        waiting = make.gauge("num_requests_waiting", "Requests waiting to be executed.")
        cacheUsage = make.gauge("kv_cache_usage_perc", "KV cache in use; 1 is all of it.")
        preemptions = make.counter("num_preemptions_total", "Preemptions.")
        promptTokens = make.counter("prompt_tokens_total", "Prompt tokens processed.")
        cachedTokens = make.counter(
            "prompt_tokens_cached_total", "Prompt tokens taken from the prefix cache.")
        generatedTokens = make.counter("generation_tokens_total", "Tokens generated.")
        finished = FinishCounters(make)
        cacheQueries = make.counter(
            "prefix_cache_queries_total", "Tokens looked up in the prefix cache.")
        cacheHits = make.counter("prefix_cache_hits_total", "Tokens found in the prefix cache.")
        rejections = make.counters(
            "admission_rejections_total", "Requests turned away before they started.")
        latency = LatencyHistograms(make)
        sizes = SizeHistograms(make, maxModelLength: maxModelLength)
        httpRequests = registry.counters("kunserve:http_requests_total", "HTTP requests answered.")
        addInformation(version: version)
    }

    /// Everything as Prometheus text, version 0.0.4.
    package func render() -> [UInt8] { registry.render() }
}
