/// The four latencies of a run. The raw value is the name in flags and result files.
package enum LatencyMetric: String, Hashable, Sendable, CaseIterable {
    /// Arrival to first token.
    case ttft
    /// Time per output token after the first, one value per request.
    case tpot
    /// Every gap between chunks of all requests.
    case itl
    /// Arrival to the last chunk.
    case e2el

    /// As the printed table names it.
    var title: String {
        switch self {
        case .ttft: "Time to First Token"
        case .tpot: "Time per Output Token (excl. 1st token)"
        case .itl: "Inter-token Latency"
        case .e2el: "End-to-end Latency"
        }
    }

    var shortName: String { rawValue.uppercased() }

    /// Milliseconds, of the completed requests.
    func distribution(of requests: some Sequence<RequestRecord>) -> Distribution {
        let completed = requests.lazy.filter(\.isCompleted)
        switch self {
        case .ttft: return Distribution(completed.compactMap { $0.timeToFirstToken?.milliseconds })
        case .tpot: return Distribution(completed.compactMap { $0.timePerToken?.milliseconds })
        case .itl: return Distribution(completed.flatMap { $0.gaps.map { $0 * 1000 } })
        case .e2el: return Distribution(completed.compactMap { $0.latency?.milliseconds })
        }
    }
}
