/// What a simulation has seen of one cohort. Times are those of completed requests, as clients see
/// them, in order of arrival.
package struct CohortResult: Hashable, Sendable {
    package var cohort: RequestCohort
    /// All that were to come.
    package var requests = 0
    package var completed = 0
    package var timesToFirstToken: [Duration] = []
    /// Per output token after the first; a request of a single token has none.
    package var timesPerToken: [Duration] = []
    package var latencies: [Duration] = []
    /// Requests whose first token, whose other tokens, and whose tokens altogether came in the
    /// times of their class; a request that was not completed is late in every way.
    package var metTTFT = 0
    package var metITL = 0
    package var metBoth = 0

    init(_ cohort: RequestCohort) { self.cohort = cohort }

    /// The shares of all requests that met what was promised; `nil` where nothing was.
    package var attainment: Attainment? {
        guard let promised = cohort.serviceClass, promised.ttft != nil || promised.itl != nil,
            requests > 0
        else { return nil }
        func share(_ count: Int) -> Double { Double(count) / Double(requests) }
        return Attainment(ttft: share(metTTFT), itl: share(metITL), both: share(metBoth))
    }

    /// Shares of requests; without a limit every completed request meets it.
    package struct Attainment: Hashable, Sendable {
        package var ttft: Double
        package var itl: Double
        package var both: Double
    }

    /// One more request, which has been completed.
    fileprivate mutating func complete(ttft: Duration, perToken: Duration?, latency: Duration) {
        completed += 1
        timesToFirstToken.append(ttft)
        if let perToken { timesPerToken.append(perToken) }
        latencies.append(latency)
        let promised = cohort.serviceClass
        let isSoon = promised?.ttft.map { ttft <= $0 } ?? true
        let isSteady = promised?.itl.map { perToken ?? .zero <= $0 } ?? true
        if isSoon { metTTFT += 1 }
        if isSteady { metITL += 1 }
        if isSoon && isSteady { metBoth += 1 }
    }
}

extension SimulationResult {
    /// What became of each cohort, in their order. Complexity: O(requests · cohorts).
    package var cohorts: [CohortResult] {
        var results: [CohortResult] = []
        var place = 0
        for (number, arrival) in arrivals.enumerated() {
            // The one before is mostly of the same cohort.
            if results.isEmpty || results[place].cohort != arrival.cohort {
                place = results.firstIndex { $0.cohort == arrival.cohort } ?? results.count
                if place == results.count { results.append(CohortResult(arrival.cohort)) }
            }
            results[place].requests += 1
            guard number < requests.count, let ttft = timeToFirstToken(requests[number]),
                let latency = latency(requests[number])
            else { continue }
            results[place].complete(
                ttft: ttft, perToken: requests[number].timePerToken, latency: latency)
        }
        return results.sorted { $0.cohort < $1.cohort }
    }

    /// Instances that have a sequence, in the mean over the samples until the last request ended;
    /// `nil` where no time passed.
    package var meanBusyInstances: Double? {
        let count = Int((duration / sampleInterval).rounded(.up))
        let seen = samples.prefix(count)
        guard !seen.isEmpty else { return nil }
        return Double(seen.reduce(0) { $0 + $1.busyCount }) / Double(seen.count)
    }
}
