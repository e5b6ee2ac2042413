internal import Domain

/// A finished run and what follows from it.
package struct BenchmarkResult: Hashable, Sendable {
    package var description: RunDescription
    package var run: RunRecord

    package init(_ description: RunDescription, run: RunRecord) {
        self.description = description
        self.run = run
    }
}

extension BenchmarkResult {
    /// Seconds, never zero.
    package var seconds: Double { max(run.duration.seconds, 1e-9) }

    package var completed: [RequestRecord] { run.requests.filter(\.isCompleted) }

    package func count(of outcome: String) -> Int {
        run.requests.count { $0.outcome.name == outcome }
    }

    package var inputTokens: Int { completed.reduce(0) { $0 + $1.inputTokens } }

    package var outputTokens: Int { completed.reduce(0) { $0 + $1.outputTokens } }

    package func perSecond(_ count: Int) -> Double { Double(count) / seconds }

    /// Good requests per second; `nil` when no limits were given.
    package var goodput: Double? {
        guard !description.goodput.isEmpty else { return nil }
        return perSecond(run.requests.count { description.goodput.isGood($0) })
    }

    package func distribution(_ metric: LatencyMetric) -> Distribution {
        if metric == .itl, let gaps = run.withoutChunks?.gaps { return gaps }
        return metric.distribution(of: run.requests)
    }

    /// Milliseconds by which the generator was behind its own schedule.
    package var lag: Distribution {
        Distribution(run.requests.lazy.map { $0.lag.milliseconds })
    }

    /// Milliseconds that a limit on concurrency held requests back.
    package var heldBack: Distribution {
        Distribution(run.requests.lazy.map { $0.heldBack.milliseconds })
    }

    /// Milliseconds until the server had refused a request; no part of the other latencies.
    package var refusals: Distribution {
        Distribution(
            run.requests.lazy.filter { $0.outcome.name == "rejected" }
                .map { ($0.ended - $0.origin).milliseconds })
    }

    /// What did not succeed, by kind and in the order of first sight.
    package var failures: [(kind: String, count: Int, example: String)] {
        var kinds: [(kind: String, count: Int, example: String)] = []
        for request in run.requests {
            guard let kind = request.outcome.kind else { continue }
            if let place = kinds.firstIndex(where: { $0.kind == kind }) {
                kinds[place].count += 1
            } else {
                kinds.append((kind, 1, request.outcome.message))
            }
        }
        return kinds
    }

    /// What a reader of the numbers must know; empty for a clean run.
    package var warnings: [String] {
        var warnings: [String] = []
        let late = lag.percentile(99)
        if description.hasSchedule, late > 5 {
            warnings.append(
                "the load generator itself was late: P99 \(NumberText.milliseconds(late)) behind "
                    + "its schedule; latencies include this")
        }
        if run.notSent > 0 {
            warnings.append("\(run.notSent) requests were not sent before the time was over")
        }
        if run.requests.isEmpty { warnings.append("no request was sent") }
        return warnings
    }
}
