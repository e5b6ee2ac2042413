internal import Domain

extension ReportWriter {
    /// One number of a run and which way is better.
    private struct Column {
        enum Better { case lower, higher, neither }

        var name: String
        var better: Better
        var digits = 2
        var value: (ReportRun) -> Double?
    }

    /// The numbers of every run; the best of each column stands out where runs are compared.
    var resultTables: String {
        let counts = Self.countColumns.filter { column in
            runs.contains { column.value($0) != nil }
        }
        let latencies = [
            ("Time to first token, ms", \ReportRun.ttft),
            ("Time per output token, ms", \.tpot), ("Whole request, ms", \.latency),
        ]
        let names = Self.latencyColumns(\.ttft).map(\.name)
        let groups = latencies.map { title, path in
            guard runs.count > 1 else { return rows(Self.latencyColumns(path), title: title) }
            return "<tr class=\"group\"><th colspan=\"\(names.count + 1)\">\(title)</th></tr>"
                + rows(Self.latencyColumns(path))
        }
        return "<section>\(table(counts.map(\.name), rows(counts)))"
            + "\(table(names, groups.joined()))</section>"
    }

    private func table(_ names: [String], _ body: String) -> String {
        let head = names.map { "<th>\($0)</th>" }.joined()
        return "<div class=\"scroll\"><table class=\"results\"><thead><tr><th></th>\(head)</tr>"
            + "</thead><tbody>\(body)</tbody></table></div>"
    }

    /// One row per run, which its name begins or, where there is but one, the title.
    private func rows(_ columns: [Column], title: String? = nil) -> String {
        let values = columns.map { column in runs.map(column.value) }
        let bests = zip(columns, values).map { best($1.compactMap { $0 }, $0.better) }
        return runs.enumerated().map { place, run in
            let cells = columns.indices.map { index -> String in
                guard let value = values[index][place] else { return "<td>–</td>" }
                let text = NumberText.fixed(value, columns[index].digits)
                return "<td\(value == bests[index] ? " class=\"best\"" : "")>\(text)</td>"
            }
            let mark = "<i class=\"\(Self.style(place))\"></i>" + run.name.escapedForHTML
            return "<tr><th>\(title ?? mark)</th>\(cells.joined())</tr>"
        }.joined()
    }

    /// `nil` where nothing stands out.
    private func best(_ values: [Double], _ better: Column.Better) -> Double? {
        guard values.count > 1, Set(values).count > 1 else { return nil }
        switch better {
        case .lower: return values.min()
        case .higher: return values.max()
        case .neither: return nil
        }
    }

    private static var countColumns: [Column] {
        func outcome(_ name: String, _ better: Column.Better) -> Column {
            Column(name: name, better: better, digits: 0) { run in
                let word = name == "timed out" ? "timed_out" : name
                return Double(run.count(of: word))
            }
        }
        func number(_ name: String, _ key: String, _ better: Column.Better) -> Column {
            Column(name: name, better: better) { $0.number(key) }
        }
        let sent = Column(name: "sent", better: .neither, digits: 0) { Double($0.requests.count) }
        return [
            sent, outcome("completed", .neither), outcome("rejected", .lower),
            outcome("failed", .lower), outcome("timed out", .lower),
            number("seconds", "duration", .neither),
            number("requests/s", "request_throughput", .higher),
            number("good/s", "request_goodput", .higher),
            number("output tokens/s", "output_throughput", .higher),
            number("all tokens/s", "total_token_throughput", .higher),
            Column(name: "lag P99, ms", better: .neither) { run in
                run.isSimulated ? nil : run.number("p99_send_lag_ms")
            },
        ]
    }

    private static func latencyColumns(_ path: KeyPath<ReportRun, Distribution>) -> [Column] {
        func column(_ name: String, _ read: @escaping (Distribution) -> Double) -> Column {
            Column(name: name, better: .lower) { run in
                let distribution = run[keyPath: path]
                return distribution.count > 0 ? read(distribution) : nil
            }
        }
        return [column("mean") { $0.mean }]
            + [50, 90, 99, 99.9].map { percent in
                column("P\(BenchmarkResult.word(percent))") { $0.percentile(percent) }
            }
    }
}
