internal import Domain

/// How long a queued request waits, when instances generate a known number of tokens per second
/// and as many requests as are ahead must end first (QLM; Chiron §5.2). The longer the queue, the
/// closer: the sum of many lengths varies little.
package struct WaitEstimate: Hashable, Sendable {
    /// n·μ / rate.
    package let expected: Duration
    /// √n·σ / rate, and what is uncertain of μ.
    package let deviation: Duration

    /// - Parameters:
    ///   - ahead: requests that are served before.
    ///   - tokensPerSecond: of all instances that serve the queue.
    /// - Returns: `nil` when nothing serves the queue.
    package init?(ahead: Int, lengths: LengthHistory, tokensPerSecond: Double) {
        guard tokensPerSecond > 0 else { return nil }
        expected = .seconds(lengths.mean * Double(ahead) / tokensPerSecond)
        deviation = .seconds(lengths.deviation(ofSumOf: ahead) / tokensPerSecond)
    }

    /// A wait that is exceeded rarely: with 2 deviations by one request of fifty.
    package func bound(deviations: Double) -> Duration { expected + deviation * deviations }
}
