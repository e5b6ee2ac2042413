internal import Benchmarking
internal import Domain
internal import Simulation

/// What is left of a cohort in tables. Times are in milliseconds, of completed requests.
struct CohortFigures: Hashable, Sendable {
    let cohort: RequestCohort
    let requests: Int
    let completed: Int
    /// By metric, in the order of `metrics`.
    let times: [Times]
    let attainment: CohortResult.Attainment?

    /// Of one metric.
    struct Times: Hashable, Sendable {
        let mean: Double
        let median: Double
        let p99: Double

        init(_ durations: [Duration]) {
            let values = Distribution(durations.lazy.map { $0.seconds * 1e3 })
            mean = values.mean
            median = values.median
            p99 = values.percentile(99)
        }
    }

    /// As in the keys of results.
    static let metrics = [LatencyMetric.ttft, .tpot, .e2el].map(\.rawValue)

    init(_ result: CohortResult) {
        cohort = result.cohort
        requests = result.requests
        completed = result.completed
        times = [result.timesToFirstToken, result.timesPerToken, result.latencies].map(Times.init)
        attainment = result.attainment
    }

    var name: String { cohort.description }
}

// MARK: - As text

extension CohortFigures {
    /// The columns of `cells`.
    static let head = [
        "requests", "done", "TTFT P50", "P99", "TPOT P50", "P99", "whole mean", "P99", "met",
    ]

    /// `met` is the share of requests that had their tokens in the times of their class.
    var cells: [String] {
        let (ttft, tpot, whole) = (times[0], times[1], times[2])
        let numbers = [ttft.median, ttft.p99, tpot.median, tpot.p99, whole.mean, whole.p99]
        return ["\(requests)", "\(completed)"] + numbers.map(Comparison.short)
            + [attainment.map { Comparison.percent($0.both) } ?? ""]
    }

    /// The columns of `csv`.
    static let columns =
        "priority,class,requests,completed,"
        + metrics.map { "\($0)_mean_ms,\($0)_p50_ms,\($0)_p99_ms" }.joined(separator: ",")
        + ",slo_attainment,ttft_attainment,itl_attainment"

    var csv: String {
        let numbers = times.flatMap { [$0.mean, $0.median, $0.p99] }.map {
            NumberText.fixed($0, 3)
        }
        let shares = [attainment?.both, attainment?.ttft, attainment?.itl].map {
            $0.map { NumberText.fixed($0, 6) } ?? ""
        }
        let names = ["\(cohort.priority)", cohort.serviceClass?.name ?? ""]
        return (names + ["\(requests)", "\(completed)"] + numbers + shares)
            .joined(separator: ",")
    }

    var json: JSONObject {
        func limit(_ duration: Duration?) -> JSON {
            duration.map { .double($0.seconds * 1e3) } ?? .null
        }
        func share(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }
        var json: JSONObject = [
            "name": .string(name), "priority": .int(cohort.priority),
            "class": cohort.serviceClass.map { .string($0.name) } ?? .null,
            "ttft_limit_ms": limit(cohort.serviceClass?.ttft),
            "itl_limit_ms": limit(cohort.serviceClass?.itl), "requests": .int(requests),
            "completed": .int(completed),
        ]
        for (metric, times) in zip(Self.metrics, times) {
            json["mean_\(metric)_ms"] = .double(times.mean)
            json["median_\(metric)_ms"] = .double(times.median)
            json["p99_\(metric)_ms"] = .double(times.p99)
        }
        json["slo_attainment"] = share(attainment?.both)
        json["ttft_attainment"] = share(attainment?.ttft)
        json["itl_attainment"] = share(attainment?.itl)
        return json
    }
}
