package import Domain

/// When one request came how far. Instants are the cluster's own: what a client sees comes later by
/// the API's overhead (`ClusterCosts.requestOverhead`).
package struct SimulatedRequest: Hashable, Sendable {
    package var submitted: Instant
    /// Its first step began.
    package var started: Instant?
    package var firstToken: Instant?
    /// Of the tokens so far.
    package var lastToken: Instant?
    /// It ended, in whatever way.
    package var ended: Instant?
    package var outcome: Outcome = .unfinished
    package var outputTokens: TokenCount = 0
    /// Prompt tokens that the prefix cache gave when it first ran.
    package var cachedTokens: TokenCount = 0
    /// How often it gave its blocks to others, to recompute or to come back from host memory.
    package var preemptions = 0

    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// The run was over first.
        case unfinished
        /// It has all of its tokens.
        case completed
        /// It was turned away.
        case rejected
        /// It ended before its time, because something broke.
        case failed
    }

    package init(submitted: Instant) { self.submitted = submitted }

    /// It has one more token; tells when it got the one before.
    mutating func addToken(at now: Instant) -> Instant? {
        let last = lastToken
        if last == nil { firstToken = now }
        lastToken = now
        outputTokens += 1
        return last
    }

    /// Time in the queue before its first step.
    package var queueTime: Duration? { started.map { $0 - submitted } }

    /// Time per output token after the first; `nil` for fewer than two tokens.
    package var timePerToken: Duration? {
        guard outputTokens > 1, let firstToken, let lastToken else { return nil }
        return (lastToken - firstToken) / (outputTokens - 1)
    }
}
