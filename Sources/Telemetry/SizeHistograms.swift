internal import Domain

/// How large requests and steps are.
struct SizeHistograms: Sendable {
    let promptTokens: Histogram
    let generatedTokens: Histogram
    let choices: Histogram
    let maxTokens: Histogram
    let iterationTokens: Histogram
    let preemptions: Histogram

    init(_ make: MetricsMaker, maxModelLength: TokenCount) {
        let tokens = MetricBuckets.tokens(upTo: maxModelLength)
        promptTokens = make.histogram("request_prompt_tokens", "Prompt tokens.", tokens)
        generatedTokens = make.histogram("request_generation_tokens", "Tokens generated.", tokens)
        choices = make.histogram("request_params_n", "The parameter n.", MetricBuckets.choices)
        maxTokens = make.histogram(
            "request_params_max_tokens", "The parameter max_tokens.", tokens)
        iterationTokens = make.histogram(
            "iteration_tokens_total", "Tokens of one step.", MetricBuckets.iterationTokens)
        preemptions = make.histogram(
            "request_num_preemptions", "Times one request was preempted.",
            MetricBuckets.preemptions)
    }
}
