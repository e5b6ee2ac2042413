internal import Domain

/// Limits that a request must keep, all of them, to count as good: `--goodput`.
package struct Goodput: Hashable, Sendable {
    /// Milliseconds; never for `itl`, which is no value of one request.
    package private(set) var limits: [LatencyMetric: Double] = [:]

    package init() {}

    package var isEmpty: Bool { limits.isEmpty }

    /// Reads `ttft:200`; `nil` when it is not that.
    package init?(parsing pairs: [String]) {
        for pair in pairs {
            let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let metric = LatencyMetric(rawValue: String(parts[0])),
                metric != .itl, let limit = Double(parts[1]), limit >= 0, limit.isFinite
            else { return nil }
            limits[metric] = limit
        }
    }

    /// A request of one token has a TPOT of zero here.
    package func isGood(_ request: RequestRecord) -> Bool {
        guard request.isCompleted else { return false }
        return limits.allSatisfy { metric, limit in
            switch metric {
            case .ttft: (request.timeToFirstToken?.milliseconds ?? .infinity) <= limit
            case .tpot: (request.timePerToken?.milliseconds ?? 0) <= limit
            case .e2el: (request.latency?.milliseconds ?? .infinity) <= limit
            case .itl: true
            }
        }
    }

    /// `ttft:200 tpot:30`, in the order of the metrics.
    package var text: String {
        LatencyMetric.allCases.compactMap { metric in
            limits[metric].map { "\(metric.rawValue):\(NumberText.short($0))" }
        }.joined(separator: " ")
    }
}
