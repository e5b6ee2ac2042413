package import Domain

/// What one instance did between two ticks.
package struct BatchWindow: Hashable, Sendable {
    package var duration: Duration
    package var generated: TokenCount
    /// Between two tokens of a sequence, on average; `nil` when there were none.
    package var interTokenLatency: Duration?
    /// The tightest objective of the sequences that ran.
    package var objective: Duration
    /// Sequences that ran, on average; `nil` when only `isFull` is known.
    package var running: Double?
    /// All the time sequences waited for nothing but room in the batch.
    package var isFull: Bool
    /// No more sequences than this whatever the latency.
    package var limit: Int

    /// - Parameters:
    ///   - mostRunning: `--max-num-seqs`.
    ///   - capacity: the tokens whose KV the instance can hold.
    ///   - tokensPerRequest: what a sequence holds in the end, prompt and answer, on average.
    package init(
        duration: Duration, generated: TokenCount, interTokenLatency: Duration?,
        objective: Duration, running: Double? = nil, isFull: Bool, mostRunning: Int,
        capacity: TokenCount, tokensPerRequest: Double
    ) {
        self.duration = duration
        self.generated = generated
        self.interTokenLatency = interTokenLatency
        self.objective = objective
        self.running = running
        self.isFull = isFull
        let fitting = Double(capacity) / max(1, tokensPerRequest)
        limit = max(1, min(mostRunning, Int(min(fitting, Double(Int32.max)))))
    }

    /// Tokens per second.
    var throughput: Double { Double(generated) / duration.seconds }
}
