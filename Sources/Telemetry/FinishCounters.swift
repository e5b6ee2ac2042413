internal import Domain

/// Finished requests by reason: one counter each, made at start so that zeros are shown.
struct FinishCounters: Sendable {
    private let stop = Counter()
    private let length = Counter()
    private let abort = Counter()
    private let error = Counter()

    init(_ make: MetricsMaker) {
        let name = "vllm:request_success_total"
        let labels = make.labels
        let series = [("stop", stop), ("length", length), ("abort", abort), ("error", error)]
        make.registry.add { writer in
            writer.header(name: name, help: "Requests finished.", type: "counter")
            for (reason, counter) in series {
                writer.sample(name, labels + ["finished_reason": reason], counter.value)
            }
        }
    }

    func increment(_ reason: FinishReason) {
        switch reason {
        case .stopToken, .stopString: stop.increment()
        case .length: length.increment()
        case .aborted: abort.increment()
        case .failed: error.increment()
        }
    }
}
