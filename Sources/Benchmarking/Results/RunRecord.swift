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
