package import Domain

/// The result file: the keys of `vllm bench serve` with its units (milliseconds in `_ms` keys,
/// seconds in lists), then ours. Lists have one entry per request that was sent, in the order of
/// the workload, with 0 for what a request did not reach.
extension BenchmarkResult {
    package var json: JSON {
        var object = JSONObject()
        addDescription(to: &object)
        addCounts(to: &object)
        for metric in description.metrics { add(metric, to: &object) }
        addLists(to: &object)
        addOwn(to: &object)
        return .object(object)
    }

    private func addDescription(to object: inout JSONObject) {
        object["date"] = .string(description.date)
        object["backend"] = .string(description.backend)
        object["label"] = description.label.map { .string($0) } ?? .null
        object["model_id"] = .string(description.model)
        object["tokenizer_id"] = .string(description.model)
        object["num_prompts"] = .int(run.requests.count + run.notSent)
        object["request_rate"] = description.requestRate.map { .double($0) } ?? .string("inf")
        object["burstiness"] = .double(description.burstiness)
        object["max_concurrency"] = description.maxConcurrency.map { .int($0) } ?? .null
    }

    private func addCounts(to object: inout JSONObject) {
        object["duration"] = .double(seconds)
        object["completed"] = .int(completed.count)
        object["failed"] = .int(count(of: "failed"))
        object["total_input_tokens"] = .int(inputTokens)
        object["total_output_tokens"] = .int(outputTokens)
        object["request_throughput"] = .double(perSecond(completed.count))
        object["request_goodput"] = goodput.map { .double($0) } ?? .null
        object["output_throughput"] = .double(perSecond(outputTokens))
        object["total_token_throughput"] = .double(perSecond(inputTokens + outputTokens))
        let timeline = Timeline(run)
        object["max_output_tokens_per_s"] = .double(timeline.maxOutputTokens)
        object["max_concurrent_requests"] = .int(timeline.maxConcurrency)
    }

    private func add(_ metric: LatencyMetric, to object: inout JSONObject) {
        let values = distribution(metric)
        let name = metric.rawValue
        object["mean_\(name)_ms"] = .double(values.mean)
        object["median_\(name)_ms"] = .double(values.median)
        object["std_\(name)_ms"] = .double(values.standardDeviation)
        for percent in description.percentiles {
            object["p\(Self.word(percent))_\(name)_ms"] = .double(values.percentile(percent))
        }
    }

    /// `99` and `99.9`, as in vLLM's keys.
    static func word(_ percent: Double) -> String {
        percent == percent.rounded() ? String(Int(percent)) : String(percent)
    }

    private func addLists(to object: inout JSONObject) {
        func list(_ value: (RequestRecord) -> JSON) -> JSON { .array(run.requests.map(value)) }
        object["input_lens"] = list { .int($0.inputTokens) }
        object["output_lens"] = list { .int($0.outputTokens) }
        object["ttfts"] = list { Self.seconds($0.timeToFirstToken) }
        object["itls"] = list { .array($0.gaps.map { .double(Self.rounded($0)) }) }
        object["latencies"] = list { Self.seconds($0.latency) }
        object["start_times"] = list { Self.seconds($0.origin - .zero) }
        object["queue_times"] = list { Self.seconds($0.heldBack) }
        if run.requests.contains(where: { $0.text != nil }) {
            object["generated_texts"] = list { .string($0.text ?? "") }
        }
        object["errors"] = list { .string($0.outcome.message) }
    }

    private static func seconds(_ duration: Duration?) -> JSON {
        .double(rounded(duration?.seconds ?? 0))
    }

    /// To the microsecond: finer is noise, and files stay small.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }
}

// MARK: - What vLLM's files do not have

extension BenchmarkResult {
    private func addOwn(to object: inout JSONObject) {
        object["engine"] = .string(description.engine)
        object["endpoint"] = .string(description.endpoint)
        object["workload"] = .string(description.workload)
        object["seed"] = .string(String(description.seed))
        object["command"] = .array(description.command.map { .string($0) })
        object["sent"] = .int(run.requests.count)
        object["rejected"] = .int(count(of: "rejected"))
        object["timed_out"] = .int(count(of: "timed_out"))
        object["not_sent"] = .int(run.notSent)
        object["failures"] = .object(failureCounts)
        object["outcomes"] = .array(run.requests.map { .string($0.outcome.name) })
        object["ended_times"] = .array(
            run.requests.map { Self.seconds($0.ended - .zero) })
        object["mean_rejection_ms"] = .double(refusals.mean)
        object["p99_rejection_ms"] = .double(refusals.percentile(99))
        object["mean_queue_ms"] = .double(heldBack.mean)
        object["p99_queue_ms"] = .double(heldBack.percentile(99))
        object["median_send_lag_ms"] = .double(lag.median)
        object["p99_send_lag_ms"] = .double(lag.percentile(99))
        object["warnings"] = .array(warnings.map { .string($0) })
        object["goodput_limits"] = .string(description.goodput.text)
        if let curve = description.violations { object["slo_curve"] = json(of: curve) }
        object["timeline"] = Timeline(run).json
        object["cluster"] = [
            "samples": .array(run.samples.map(\.json)), "events": .array(run.events.map(\.json)),
        ]
        for (key, value) in description.extras.members { object[key] = value }
    }

    private var failureCounts: JSONObject {
        var counts = JSONObject()
        for (kind, count, _) in failures { counts[kind] = .int(count) }
        return counts
    }

    private func json(of curve: ViolationCurve) -> JSON {
        let points = curve.points(of: run.requests).map { point -> JSON in
            [
                "factor": .int(point.factor), "ttft": .double(point.ttft),
                "tpot": .double(point.tpot), "any": .double(point.any),
            ]
        }
        return [
            "base_ttft_ms": .double(curve.baseTTFT), "base_tpot_ms": .double(curve.baseTPOT),
            "points": .array(points),
        ]
    }
}
