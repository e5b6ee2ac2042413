internal import Domain

/// Everything that one run saw; results are computed from it.
package struct RunRecord: Hashable, Sendable {
    /// Of the requests that were sent, in the order of the workload.
    package var requests: [RequestRecord]
    /// Requests whose turn did not come before the run's time was over.
    package var notSent: Int
    /// From the start to the last outcome.
    package var duration: Duration
    /// The server's view; empty when it does not tell.
    package var samples: [ClusterSample]
    package var events: [LoggedEvent]
    /// Where the requests' chunks have not been kept: the tokens of each second, and the gaps
    /// between them in milliseconds, or what stands for these.
    package var withoutChunks: WithoutChunks?

    /// What a run knows of tokens as a whole.
    package struct WithoutChunks: Hashable, Sendable {
        package var tokensPerSecond: [Int]
        package var gaps: Distribution

        package init(tokensPerSecond: [Int], gaps: Distribution) {
            self.tokensPerSecond = tokensPerSecond
            self.gaps = gaps
        }
    }

    package init(
        requests: [RequestRecord], notSent: Int = 0, duration: Duration,
        samples: [ClusterSample] = [], events: [LoggedEvent] = []
    ) {
        self.requests = requests
        self.notSent = notSent
        self.duration = duration
        self.samples = samples
        self.events = events
    }
}
