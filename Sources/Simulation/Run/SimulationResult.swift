package import Domain

/// What a simulation has seen.
package struct SimulationResult: Sendable {
    /// One for each request that came, in order of arrival.
    package var requests: [SimulatedRequest]
    /// All requests that were to come.
    package var arrivals: [SimulatedArrival]
    /// What clients see later than the cluster does it.
    package var requestOverhead: Duration
    /// Between two tokens of one request, of all of them.
    package var gaps: DurationHistogram
    /// Generated in each second of the run.
    package var tokensPerSecond: [Int]
    /// The cluster at multiples of `sampleInterval`.
    package var samples: [ClusterState]
    package var sampleInterval: Duration
    /// Decisions about the whole cluster; the kinds are those of the event log.
    package var decisions: [WhatIfAnswer.Event]
    /// Decisions that there was no room for.
    package var forgottenDecisions: Int
    package var counters: SimulationCounters
    /// From the start to the end of the last request.
    package var duration: Duration
    /// Events of the run so far; large steps count as several.
    package var eventCount: Int
    /// `nil` while it goes on.
    package var ending: RunEnding?
    /// What the checks have found wrong; the run ended with the first.
    package var failures: [CheckFailure]
    /// What took time, if that was wanted.
    package var activities: ActivityLog?
    /// Stands for everything that the cell asked for, and when.
    package var fingerprint: UInt64
}

extension SimulationResult {
    package func count(of outcome: SimulatedRequest.Outcome) -> Int {
        requests.count { $0.outcome == outcome }
    }

    /// As a client sees it; `nil` for a request that has no token yet.
    package func timeToFirstToken(_ request: SimulatedRequest) -> Duration? {
        request.firstToken.map { $0 - request.submitted + requestOverhead }
    }

    /// To the last token, as a client sees it; `nil` for a request that has not been completed.
    package func latency(_ request: SimulatedRequest) -> Duration? {
        guard request.outcome == .completed, let ended = request.ended else { return nil }
        return ended - request.submitted + requestOverhead
    }
}
