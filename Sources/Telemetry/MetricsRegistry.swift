internal import Synchronization

/// The metrics of one process in the order they were made. Metrics are made once, at start;
/// recording never comes here.
package final class MetricsRegistry: Sendable {
    /// Appends the lines of one metric.
    package typealias Collector = @Sendable (inout ExpositionWriter) -> Void

    private let collectors = Mutex<[Collector]>([])

    package init() {}

    /// Adds a metric that writes itself, for values that are known only when asked.
    package func add(_ collector: @escaping Collector) {
        collectors.withLock { $0.append(collector) }
    }

    package func counter(_ name: String, _ help: String, labels: MetricLabels = [:]) -> Counter {
        let counter = Counter()
        add { writer in
            writer.header(name: name, help: help, type: "counter")
            writer.sample(name, labels, counter.value)
        }
        return counter
    }

    package func gauge(_ name: String, _ help: String, labels: MetricLabels = [:]) -> Gauge {
        let gauge = Gauge()
        add { writer in
            writer.header(name: name, help: help, type: "gauge")
            writer.sample(name, labels, gauge.value)
        }
        return gauge
    }

    package func histogram(
        _ name: String, _ help: String, bounds: [Double], labels: MetricLabels = [:]
    ) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        add { writer in
            writer.header(name: name, help: help, type: "histogram")
            writer.histogram(name, labels, histogram)
        }
        return histogram
    }

    /// A counter whose series are told apart by labels that are known only when recording.
    package func counters(
        _ name: String, _ help: String, labels: MetricLabels = [:]
    ) -> CounterFamily {
        let family = CounterFamily()
        add { writer in
            writer.header(name: name, help: help, type: "counter")
            for series in family.series {
                writer.sample(name, labels + series.labels, series.value)
            }
        }
        return family
    }

    /// All metrics as Prometheus text.
    package func render() -> [UInt8] {
        var writer = ExpositionWriter()
        for collector in collectors.withLock({ $0 }) { collector(&writer) }
        return writer.bytes
    }
}
