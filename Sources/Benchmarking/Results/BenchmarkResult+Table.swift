internal import Domain

extension BenchmarkResult {
    /// The table that `vllm bench serve` prints, with our lines among its own.
    package var table: String {
        var lines = [Self.rule("Serving Benchmark Result", "=")]
        lines += counts.map(Self.line)
        lines += rates.map(Self.line)
        for metric in description.metrics {
            lines.append(Self.rule(metric.title, "-"))
            lines += self.lines(of: metric).map(Self.line)
        }
        if let curve = description.violations { lines += self.lines(of: curve) }
        lines.append(String(repeating: "=", count: Self.width))
        lines += failures.map { "\($0.count) x \($0.kind): \($0.example)" }
        lines += warnings.map { "WARNING: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static let width = 50

    private var counts: [(String, String)] {
        var rows = [
            ("Successful requests", "\(completed.count)"),
            ("Failed requests", "\(count(of: "failed"))"),
            ("Rejected requests", "\(count(of: "rejected"))"),
            ("Timed out requests", "\(count(of: "timed_out"))"),
        ]
        if let limit = description.maxConcurrency {
            rows.append(("Maximum request concurrency", "\(limit)"))
        }
        if let rate = description.requestRate {
            rows.append(("Request rate configured (RPS)", NumberText.fixed(rate, 2)))
        }
        rows.append(("Benchmark duration (s)", NumberText.fixed(seconds, 2)))
        rows.append(("Total input tokens", "\(inputTokens)"))
        rows.append(("Total generated tokens", "\(outputTokens)"))
        return rows
    }

    private var rates: [(String, String)] {
        let timeline = Timeline(run)
        func two(_ value: Double) -> String { NumberText.fixed(value, 2) }
        var rows = [("Request throughput (req/s)", two(perSecond(completed.count)))]
        if let goodput { rows.append(("Request goodput (req/s)", two(goodput))) }
        rows += [
            ("Output token throughput (tok/s)", two(perSecond(outputTokens))),
            ("Peak output token throughput (tok/s)", two(timeline.maxOutputTokens)),
            ("Peak concurrent requests", "\(timeline.maxConcurrency)"),
            ("Total token throughput (tok/s)", two(perSecond(inputTokens + outputTokens))),
        ]
        if description.maxConcurrency != nil {
            rows.append(("P99 wait for concurrency (ms)", two(heldBack.percentile(99))))
        }
        if refusals.count > 0 {
            rows.append(("P99 time to rejection (ms)", two(refusals.percentile(99))))
        }
        if description.hasSchedule {
            rows.append(("P99 send lag (ms)", two(lag.percentile(99))))
        }
        return rows
    }

    private func lines(of metric: LatencyMetric) -> [(String, String)] {
        let values = distribution(metric)
        let name = metric.shortName
        func two(_ value: Double) -> String { NumberText.fixed(value, 2) }
        let percentiles = description.percentiles.map { percent in
            ("P\(Self.word(percent)) \(name) (ms)", two(values.percentile(percent)))
        }
        return [
            ("Mean \(name) (ms)", two(values.mean)), ("Median \(name) (ms)", two(values.median)),
        ] + percentiles
    }

    private func lines(of curve: ViolationCurve) -> [String] {
        func percent(_ share: Double) -> String { NumberText.fixed(share * 100, 2) }
        let rows = curve.points(of: run.requests).map { point in
            (
                "\(point.factor) x base, % TTFT / TPOT / any",
                "\(percent(point.ttft)) / \(percent(point.tpot)) / \(percent(point.any))"
            )
        }
        return [Self.rule("SLO violations", "-")] + rows.map(Self.line)
    }

    /// Names fill 40 columns, then comes the value.
    private static func line(_ name: String, _ value: String) -> String {
        let label = name + ":"
        return label + String(repeating: " ", count: max(1, 41 - label.count)) + value
    }

    private static func rule(_ title: String, _ mark: Character) -> String {
        let text = mark == "=" ? " \(title) " : title
        let space = max(0, width - text.count)
        let left = String(repeating: mark, count: space / 2)
        return left + text + String(repeating: mark, count: space - space / 2)
    }
}
