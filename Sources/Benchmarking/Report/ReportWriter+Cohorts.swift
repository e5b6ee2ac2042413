internal import Domain

extension ReportRun {
    /// Requests of one priority and class, as a simulation's file tells of them. Times in
    /// milliseconds; `nil` for what the file does not have.
    struct Cohort: Hashable, Sendable {
        var name: String
        var requests: Int
        /// By metric: the median, P99 and the mean.
        var times: [[Double?]]
        /// The share of requests that had their tokens in time.
        var attainment: Double?

        init?(_ json: JSON) {
            guard let name = json["name"]?.stringValue, let requests = json["requests"]?.intValue
            else { return nil }
            self.name = name
            self.requests = requests
            times = Self.metrics.map { metric in
                ["median", "p99", "mean"].map { json["\($0)_\(metric.rawValue)_ms"]?.doubleValue }
            }
            attainment = json["slo_attainment"]?.doubleValue
        }

        static let metrics = [LatencyMetric.ttft, .tpot, .e2el]
    }
}

extension ReportWriter {
    /// One row for each cohort of each run, where a run has several.
    var cohortTable: String {
        guard runs.contains(where: { $0.cohorts.count > 1 }) else { return "" }
        let names =
            ["requests"]
            + ReportRun.Cohort.metrics.flatMap { metric in
                ["P50", "P99", "mean"].map { "\(metric.shortName) \($0)" }
            } + ["in time, %"]
        let head = names.map { "<th>\($0)</th>" }.joined()
        let rows = runs.enumerated().flatMap { place, run in
            run.cohorts.map { row(of: $0, in: run, place) }
        }
        return "<section><h2>Cohorts, ms</h2><div class=\"scroll\"><table class=\"results\">"
            + "<thead><tr><th></th>\(head)</tr></thead><tbody>\(rows.joined())</tbody></table>"
            + "</div></section>"
    }

    private func row(of cohort: ReportRun.Cohort, in run: ReportRun, _ place: Int) -> String {
        let numbers =
            [Double(cohort.requests)] + cohort.times.flatMap(\.self)
            + [cohort.attainment.map { $0 * 100 }]
        let cells = numbers.enumerated().map { column, number in
            "<td>\(number.map { NumberText.fixed($0, column == 0 ? 0 : 2) } ?? "–")</td>"
        }
        let name = "\(run.name): \(cohort.name)".escapedForHTML
        return "<tr><th><i class=\"\(Self.style(place))\"></i>\(name)</th>\(cells.joined())</tr>"
    }
}
