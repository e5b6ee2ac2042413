/// Makes metrics with vLLM's prefix and common labels.
struct MetricsMaker {
    let registry: MetricsRegistry
    let labels: MetricLabels

    func gauge(_ name: String, _ help: String) -> Gauge {
        registry.gauge("vllm:\(name)", help, labels: labels)
    }

    func counter(_ name: String, _ help: String) -> Counter {
        registry.counter("vllm:\(name)", help, labels: labels)
    }

    func counters(_ name: String, _ help: String) -> CounterFamily {
        registry.counters("vllm:\(name)", help, labels: labels)
    }

    func histogram(_ name: String, _ help: String, _ bounds: [Double]) -> Histogram {
        registry.histogram("vllm:\(name)", help, bounds: bounds, labels: labels)
    }
}
