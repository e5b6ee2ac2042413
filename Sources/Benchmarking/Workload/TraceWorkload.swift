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

    /// Copies of one arrival spread over so many seconds, so that they are not simultaneous.
    static let jitterSeconds = 0.005

    package init(path: String) { self.path = path }

    package func make() throws(WorkloadError) -> Workload {
        try make(from: try TraceReader.read(path))
    }

    /// - Parameter rows: in order of arrival.
    package func make(from rows: [TraceRow]) throws(WorkloadError) -> Workload {
        let end = durationSeconds.map { startSeconds + $0 } ?? .infinity
        let slice = rows.filter { $0.arrivalSeconds >= startSeconds && $0.arrivalSeconds < end }
        guard !slice.isEmpty else {
            throw WorkloadError(
                file: path,
                message: "no arrivals from second \(startSeconds) to \(end), expected some; the "
                    + "trace ends at \(rows.last?.arrivalSeconds ?? 0)")
        }
        var requests = upscaled(slice)
        if let limit, requests.count > limit { requests.removeLast(requests.count - limit) }
        return Workload(name: "trace \(path)", requests: requests)
    }

    private func upscaled(_ rows: [TraceRow]) -> [PlannedRequest] {
        var jitter = RandomStream(seed: seed, for: .jitter)
        var prompts = RandomStream(seed: seed, for: .prompts)
        let copies = TraceUpscaler(scale: rateScale, seed: seed).rows(from: rows)
        let requests = copies.map { row, copy in
            let (input, output) = lengths.fit(input: row.inputTokens, output: row.outputTokens)
            let delay = copy == 0 ? 0 : jitter.uniform() * Self.jitterSeconds
            return PlannedRequest(
                arrivalSeconds: (row.arrivalSeconds - startSeconds) / timeScale + delay,
                prompt: .tokens(count: input, seed: prompts.next()), outputTokens: output)
        }
        return requests.enumerated().sorted {
            ($0.element.arrivalSeconds, $0.offset) < ($1.element.arrivalSeconds, $1.offset)
        }.map(\.element)
    }
}
