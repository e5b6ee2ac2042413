internal import Domain

/// A trace, cut, scaled and fitted: `--dataset-name trace`.
package struct TraceWorkload: Hashable, Sendable {
    package var path: String
    /// Start and length of the slice, in seconds of the trace.
    package var startSeconds = 0.0
    package var durationSeconds: Double?
    /// Divides the time between arrivals: 2 plays the trace twice as fast.
    package var timeScale = 1.0
    /// Mean number of requests per arrival; see `TraceUpscaler`.
    package var rateScale = 1.0
    package var lengths = LengthLimits()
    /// Only so many first requests.
    package var limit: Int?
    package var seed: UInt64 = 0

    package init(path: String) { self.path = path }

    package func make() throws(WorkloadError) -> Workload {
        try make(from: try TraceReader.read(path))
    }

    /// - Parameter rows: in order of arrival.
    package func make(from rows: [TraceRow]) throws(WorkloadError) -> Workload {
        var requests = planned(try slice(of: rows))
        if let limit, requests.count > limit { requests.removeLast(requests.count - limit) }
        return Workload(name: "trace \(path)", requests: requests)
    }

    /// The rows of the slice in order, with the times at which they are played.
    ///
    /// - Parameter rows: in order of arrival.
    package func slice(of rows: [TraceRow]) throws(WorkloadError) -> [TraceRow] {
        let end = durationSeconds.map { startSeconds + $0 } ?? .infinity
        var slice = rows.filter { $0.arrivalSeconds >= startSeconds && $0.arrivalSeconds < end }
        guard !slice.isEmpty else {
            throw WorkloadError(
                file: path,
                message: "no arrivals from second \(startSeconds) to \(end), expected some; the "
                    + "trace ends at \(rows.last?.arrivalSeconds ?? 0)")
        }
        for index in slice.indices {
            slice[index].arrivalSeconds = (slice[index].arrivalSeconds - startSeconds) / timeScale
        }
        return slice
    }

    private func planned(_ slice: [TraceRow]) -> [PlannedRequest] {
        var prompts = RandomStream(seed: seed, for: .prompts)
        let requests = TraceUpscaler(scale: rateScale, seed: seed).spread(slice).map { row in
            let (input, output) = lengths.fit(input: row.inputTokens, output: row.outputTokens)
            return PlannedRequest(
                arrivalSeconds: row.arrivalSeconds,
                prompt: .tokens(count: input, seed: prompts.next()), outputTokens: output)
        }
        return requests.enumerated().sorted {
            ($0.element.arrivalSeconds, $0.offset) < ($1.element.arrivalSeconds, $1.offset)
        }.map(\.element)
    }
}
