package import Domain

/// What was seen of one request. Instants count from the start of the run.
package struct RequestRecord: Hashable, Sendable {
    /// Place in the workload.
    package var index: Int
    /// When it was to arrive.
    package var scheduled: Instant
    /// Latencies count from here: the scheduled arrival or, with a limit on concurrency, the later
    /// moment at which the limit let it pass.
    package var origin: Instant
    /// When the generator turned to it. What lies between `origin` and this is its own lag.
    package var taken: Instant
    /// When its bytes left; `nil` when there was no connection.
    package var sent: Instant?
    package var outcome: RequestOutcome
    /// When the outcome was known.
    package var ended: Instant
    /// Arrivals of the chunks that carry tokens, rising.
    package var chunks: [Instant] = []
    /// Arrival of the last chunk of any kind.
    package var last: Instant?
    /// As the server counts, or as planned when it does not say.
    package var inputTokens: TokenCount
    package var outputTokens: TokenCount = 0
    /// Only kept on demand.
    package var text: String?

    package init(
        index: Int, scheduled: Instant, origin: Instant, taken: Instant, inputTokens: TokenCount
    ) {
        self.index = index
        self.scheduled = scheduled
        self.origin = origin
        self.taken = taken
        self.inputTokens = inputTokens
        ended = taken
        outcome = .failed(.closedEarly, message: "never answered")
    }
}

extension RequestRecord {
    package var isCompleted: Bool { outcome == .completed }

    /// Time to first token.
    package var timeToFirstToken: Duration? { chunks.first.map { $0 - origin } }

    /// To the last chunk.
    package var latency: Duration? { last.map { $0 - origin } }

    /// Time per output token without the first: (latency - TTFT) / (tokens - 1). `nil` for fewer
    /// than two tokens.
    package var timePerToken: Duration? {
        guard outputTokens > 1, let first = timeToFirstToken, let latency else { return nil }
        return (latency - first) / (outputTokens - 1)
    }

    /// Seconds between consecutive chunks.
    package var gaps: [Double] {
        zip(chunks, chunks.dropFirst()).map { ($1 - $0).seconds }
    }

    /// Time that a limit on concurrency held it back.
    package var heldBack: Duration { origin - scheduled }

    /// Time by which the generator itself was late.
    package var lag: Duration { taken - origin }
}
