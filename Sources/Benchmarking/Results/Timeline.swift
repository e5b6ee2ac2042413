internal import Domain

/// A run second by second.
package struct Timeline: Hashable, Sendable {
    /// Rows are for seconds 0, 1, 2, … of the run.
    package private(set) var rows: [Row] = []
    /// The most requests in flight at any moment.
    package private(set) var maxConcurrency = 0
    /// More than this is not laid out: longer runs end here.
    private static let maxSeconds = 1_000_000

    /// One second.
    package struct Row: Hashable, Sendable {
        /// Scheduled in this second.
        package var arrived = 0
        package var sent = 0
        /// At the end of the second.
        package var inFlight = 0
        package var completed = 0
        package var rejected = 0
        package var failed = 0
        package var timedOut = 0
        /// Tokens that came, of all requests: an answer's tokens are spread over its chunks.
        package var outputTokens = 0.0
        /// Milliseconds, of the requests that arrived in this second and reached a first token.
        package var meanTTFT: Double?
        package var p99TTFT: Double?
        /// The last view of the server in this second.
        package var server: ClusterSample?
        package var events: [LoggedEvent] = []
    }

    /// Complexity: O(chunks + seconds).
    package init(_ run: RunRecord) {
        let moments = run.requests.lazy.map(\.ended) + run.samples.lazy.map(\.time)
        let last = moments.map(Self.second).max() ?? 0
        rows = Array(repeating: Row(), count: min(last, Self.maxSeconds) + 1)
        addRequests(run.requests, countingTokens: run.withoutChunks == nil)
        for (second, tokens) in (run.withoutChunks?.tokensPerSecond ?? []).enumerated() {
            rows[min(second, rows.count - 1)].outputTokens += Double(tokens)
        }
        addFirstTokens(run.requests)
        addFlights(run.requests)
        for sample in run.samples { rows[row(sample.time)].server = sample }
        for event in run.events { rows[row(event.time)].events.append(event) }
    }

    package var maxOutputTokens: Double { rows.lazy.map(\.outputTokens).max() ?? 0 }

    private static func second(_ instant: Instant) -> Int {
        max(0, Int(instant.seconds.rounded(.down)))
    }

    private func row(_ instant: Instant) -> Int { min(Self.second(instant), rows.count - 1) }

    private mutating func addRequests(_ requests: [RequestRecord], countingTokens: Bool) {
        for request in requests {
            rows[row(request.scheduled)].arrived += 1
            if let sent = request.sent { rows[row(sent)].sent += 1 }
            let end = row(request.ended)
            switch request.outcome {
            case .completed: rows[end].completed += 1
            case .rejected: rows[end].rejected += 1
            case .failed: rows[end].failed += 1
            case .timedOut: rows[end].timedOut += 1
            }
            guard countingTokens else { continue }
            let perChunk = Double(request.outputTokens) / Double(max(1, request.chunks.count))
            for chunk in request.chunks { rows[row(chunk)].outputTokens += perChunk }
        }
    }

    private mutating func addFirstTokens(_ requests: [RequestRecord]) {
        var times: [[Double]] = Array(repeating: [], count: rows.count)
        for request in requests {
            guard let time = request.timeToFirstToken else { continue }
            times[row(request.scheduled)].append(time.milliseconds)
        }
        for (index, values) in times.enumerated() where !values.isEmpty {
            let distribution = Distribution(values)
            rows[index].meanTTFT = distribution.mean
            rows[index].p99TTFT = distribution.percentile(99)
        }
    }

    /// Ends come before starts at the same moment, so that a reused place counts once.
    private mutating func addFlights(_ requests: [RequestRecord]) {
        var changes: [(time: Instant, change: Int)] = []
        for request in requests {
            changes.append((request.taken, 1))
            changes.append((request.ended, -1))
        }
        changes.sort { ($0.time, $0.change) < ($1.time, $1.change) }
        var inFlight = 0
        var nextRow = 0
        for (time, change) in changes {
            while nextRow < row(time) {
                rows[nextRow].inFlight = inFlight
                nextRow += 1
            }
            inFlight += change
            maxConcurrency = max(maxConcurrency, inFlight)
        }
    }
}
