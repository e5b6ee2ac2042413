import Domain

@testable import Benchmarking

extension Instant {
    static func milliseconds(_ count: Double) -> Instant {
        Instant(nanoseconds: Int64(count * 1e6))
    }
}

extension RequestRecord {
    /// A request seen through the times of its chunks, all in milliseconds.
    static func seen(
        _ index: Int, at arrival: Double, chunks: [Double], tokens: Int? = nil,
        outcome: RequestOutcome = .completed
    ) -> RequestRecord {
        let start = Instant.milliseconds(arrival)
        var record = RequestRecord(
            index: index, scheduled: start, origin: start, taken: start, inputTokens: 10)
        record.sent = start
        record.chunks = chunks.map { Instant.milliseconds($0) }
        record.last = record.chunks.last
        record.ended = record.chunks.last ?? start
        record.outputTokens = tokens ?? chunks.count
        record.outcome = outcome
        return record
    }
}

/// A run with one of everything, small enough to compute by hand.
enum TestRuns {
    static let small = RunRecord(
        requests: [
            .seen(0, at: 0, chunks: [100, 200, 300]),
            .seen(1, at: 500, chunks: [1500, 1600, 1800], tokens: 5),
            .seen(2, at: 1000, chunks: [], outcome: .rejected(status: 503)),
            .seen(
                3, at: 1200, chunks: [1300],
                outcome: .failed(.truncated, message: "cut")),
        ],
        notSent: 1, duration: .milliseconds(2000), samples: [sample(0.5), sample(1.5)],
        events: [
            LoggedEvent(
                number: 3, time: .milliseconds(1100), kind: "drop_started",
                message: "instance 0 gives up layers 4–8")
        ])

    static func sample(_ seconds: Double) -> ClusterSample {
        let memory = #"{"budget":100,"weights":40,"kv_used":20,"kv_cached":5,"kv_free":25,"#
        let text =
            #"{"time":5.0,"policy":"drop","running":2,"waiting":1,"instances":[{"id":0,"#
            + #""phase":"whole","layers":[0,8],"memory":"# + memory
            + #""workspace":8,"spare":2}}],"groups":[{"id":0,"stages":[{"instance":0,"#
            + #""layers":[0,8]}],"running":2,"waiting":1,"stalled":0}]}"#
        let json = (try? JSON.parse(text)) ?? .null
        guard let sample = ClusterSample(json, at: Instant(seconds: seconds)) else {
            preconditionFailure("the sample is well formed")
        }
        return sample
    }

    static var description: RunDescription {
        var description = RunDescription(
            date: "20261121-140509", model: "demo", endpoint: "/v1/completions",
            workload: "random")
        description.requestRate = 2
        description.command = ["kunserve", "bench", "serve", "--label", "a b"]
        description.hasSchedule = true
        return description
    }

    static let result = BenchmarkResult(description, run: small)
}
