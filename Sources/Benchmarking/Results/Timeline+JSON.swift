internal import Domain

extension Timeline {
    /// Columns, one entry per second. The server's view is in the file's `cluster`.
    var json: JSON {
        func column(_ value: (Row) -> JSON) -> JSON { .array(rows.map(value)) }
        func milliseconds(_ value: Double?) -> JSON {
            value.map { .double(($0 * 1000).rounded() / 1000) } ?? .null
        }
        return [
            "arrived": column { .int($0.arrived) },
            "sent": column { .int($0.sent) },
            "in_flight": column { .int($0.inFlight) },
            "completed": column { .int($0.completed) },
            "rejected": column { .int($0.rejected) },
            "failed": column { .int($0.failed) },
            "timed_out": column { .int($0.timedOut) },
            "output_tokens": column { .double(($0.outputTokens * 10).rounded() / 10) },
            "ttft_mean_ms": column { milliseconds($0.meanTTFT) },
            "ttft_p99_ms": column { milliseconds($0.p99TTFT) },
        ]
    }
}
