/// How one request ended. Every request that was sent has exactly one outcome.
package enum RequestOutcome: Hashable, Sendable {
    /// The whole answer came.
    case completed
    /// The server refused work it has no room for: 503, or 429.
    case rejected(status: Int)
    case failed(FailureKind, message: String)
    case timedOut(TimeLimit)

    /// Which limit a request ran into.
    package enum TimeLimit: String, Hashable, Sendable {
        /// `--timeout`
        case request
        /// `--max-duration`
        case run
    }

    /// Stable words for failures, in result files too.
    package enum FailureKind: String, Hashable, Sendable, CaseIterable {
        case cannotConnect = "cannot_connect"
        /// The connection closed before the first byte of an answer.
        case closedEarly = "closed_early"
        /// The stream ended before the answer did.
        case truncated
        /// A status other than 200, 429 and 503.
        case status = "http_status"
        /// An error event in the stream.
        case serverError = "server_error"
        /// Bytes that are not HTTP, events that are not JSON, or too many of them.
        case malformed
    }
}

extension RequestOutcome {
    /// The word in result files.
    package var name: String {
        switch self {
        case .completed: "completed"
        case .rejected: "rejected"
        case .failed: "failed"
        case .timedOut: "timed_out"
        }
    }

    /// What kind of the outcome it was, for counting; `nil` for a success.
    package var kind: String? {
        switch self {
        case .completed: nil
        case .rejected(let status): "rejected_\(status)"
        case .failed(let kind, _): kind.rawValue
        case .timedOut(let limit): "\(limit.rawValue)_time_limit"
        }
    }

    /// vLLM's `errors` entry: empty for a success.
    package var message: String {
        switch self {
        case .completed: ""
        case .rejected(let status): "rejected with status \(status)"
        case .failed(let kind, let message): "\(kind.rawValue): \(message)"
        case .timedOut(.request): "no whole answer within the time of one request"
        case .timedOut(.run): "the run's time was over"
        }
    }
}
