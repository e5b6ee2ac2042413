internal import Domain

extension Timeline {
    /// One line per second; empty fields where nothing was seen. The server's columns are there
    /// when it told anything, with one set of memory columns per instance.
    package var csv: String {
        let instances = instanceIDs
        var names = [
            "second", "arrived", "sent", "in_flight", "completed", "rejected", "failed",
            "timed_out", "output_tokens", "ttft_mean_ms", "ttft_p99_ms", "server_running",
            "server_waiting",
        ]
        for id in instances {
            names += ["weights", "kv_used", "kv_cached", "kv_free", "other"].map {
                "instance\(id)_\($0)_bytes"
            }
        }
        names.append("events")
        var lines = [names.joined(separator: ",")]
        for (second, row) in rows.enumerated() {
            lines.append(fields(row, second: second, instances).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Every instance that was ever seen.
    var instanceIDs: [Int] {
        Set(rows.flatMap { $0.server?.instances.map(\.id) ?? [] }).sorted()
    }

    private func fields(_ row: Row, second: Int, _ instances: [Int]) -> [String] {
        let counts = [
            second, row.arrived, row.sent, row.inFlight, row.completed, row.rejected, row.failed,
            row.timedOut,
        ]
        var fields = counts.map(String.init)
        fields.append(NumberText.fixed(row.outputTokens, 1))
        fields.append(row.meanTTFT.map { NumberText.fixed($0, 3) } ?? "")
        fields.append(row.p99TTFT.map { NumberText.fixed($0, 3) } ?? "")
        fields.append(row.server.map { "\($0.running)" } ?? "")
        fields.append(row.server.map { "\($0.waiting)" } ?? "")
        let seen = Dictionary(
            (row.server?.instances ?? []).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        for id in instances {
            let instance = seen[id]
            let parts = [
                instance?.weights, instance?.used, instance?.cached, instance?.free,
                instance?.other,
            ]
            fields += parts.map { $0.map { "\($0.bytes)" } ?? "" }
        }
        fields.append(row.events.map { Self.plain($0.kind) }.joined(separator: " "))
        return fields
    }

    /// A word that needs no quotes.
    private static func plain(_ text: String) -> String {
        String(text.prefix(64).map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
    }
}
