package import Domain

/// What the engine records.
extension ServerMetrics {
    /// The present load; `kvUsage` is the share of KV blocks in use, from 0 to 1.
    package func set(running: Int, waiting: Int, kvUsage: Double) {
        self.running.set(Double(running))
        self.waiting.set(Double(waiting))
        cacheUsage.set(kvUsage)
    }

    /// KV blocks of the whole cell, which drops and restores change.
    package func set(blockCount: BlockCount) {
        cacheBlocks.set(Double(blockCount))
    }

    /// A finished step: prompt tokens it computed and tokens it sampled.
    package func recordStep(promptTokens: TokenCount, generatedTokens: TokenCount) {
        self.promptTokens.increment(by: promptTokens)
        self.generatedTokens.increment(by: generatedTokens)
        sizes.iterationTokens.observe(Double(promptTokens + generatedTokens))
    }

    /// A request's first token came this long after its arrival.
    package func recordFirstToken(after duration: Duration) {
        latency.firstToken.observe(duration)
    }

    /// A further token came this long after the one before it.
    package func recordInterToken(_ duration: Duration) { latency.interToken.observe(duration) }

    /// A request ended: by itself, by its client or by a failure.
    package func recordFinished(
        _ reason: FinishReason,
        timings: RequestTimings,
        usage: GenerationUsage,
        preemptions: Int = 0
    ) {
        finished.increment(reason)
        latency.total.observe(timings.total)
        latency.queued.observe(timings.queued)
        latency.prefill.observe(timings.prefill)
        latency.decode.observe(timings.decode)
        latency.inference.observe(timings.inference)
        if usage.generatedTokens > 1 {
            let gaps = Double(usage.generatedTokens - 1)
            latency.perOutputToken.observe(timings.decode.seconds / gaps)
        }
        sizes.promptTokens.observe(Double(usage.promptTokens))
        sizes.generatedTokens.observe(Double(usage.generatedTokens))
        sizes.preemptions.observe(Double(preemptions))
    }

    /// A running request lost its KV and was queued again.
    package func recordPreemption() { preemptions.increment() }

    /// A prompt was looked up in the prefix cache; both counts are tokens.
    package func recordPrefixCache(queried: TokenCount, hit: TokenCount) {
        cacheQueries.increment(by: queried)
        cacheHits.increment(by: hit)
        cachedTokens.increment(by: hit)
    }

    package func recordRejected(_ reason: RejectReason) {
        rejections.increment(["reason": reason.metricLabel])
    }
}

extension RejectReason {
    /// A short constant name.
    fileprivate var metricLabel: String {
        switch self {
        case .overloaded: "overloaded"
        case .draining: "draining"
        case .contextLengthExceeded: "context_length_exceeded"
        case .exceedsMemory: "exceeds_memory"
        case .emptyPrompt: "empty_prompt"
        case .unknownToken: "unknown_token"
        }
    }
}
