internal import Domain
internal import Telemetry

/// What instances measure: the time their stages compute and wait, and the bytes they copy.
final class FleetMetrics: Sendable {
    /// By stage, in nanoseconds.
    private let busy: [Counter]
    private let bubble: [Counter]
    private let copied: Counter
    private let steps: Histogram

    /// - Parameter instances: No pipeline is longer.
    init(_ metrics: ServerMetrics, instances: Int) {
        busy = (0..<instances).map { _ in Counter() }
        bubble = (0..<instances).map { _ in Counter() }
        let registry = metrics.registry
        copied = registry.counter(
            "kunserve_copied_bytes_total", "KV and parameters copied between memories.",
            labels: metrics.labels)
        steps = registry.histogram(
            "kunserve_step_seconds", "From planning a step to its end.",
            bounds: Self.stepBounds, labels: metrics.labels)
        Self.add(
            "kunserve_pipeline_busy_seconds_total", "Time a stage of a pipeline computed.",
            busy, to: metrics)
        Self.add(
            "kunserve_pipeline_bubble_seconds_total",
            "Time a stage of a pipeline had no step while its group had one elsewhere.",
            bubble, to: metrics)
    }

    private static let stepBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Shows counters of nanoseconds as seconds, one series for each stage.
    private static func add(
        _ name: String, _ help: String, _ stages: [Counter], to metrics: ServerMetrics
    ) {
        let labels = metrics.labels
        metrics.registry.add { writer in
            writer.header(name: name, help: help, type: "counter")
            for (stage, nanoseconds) in stages.enumerated() {
                let series = labels + ["stage": String(stage)]
                writer.sample(name, series, Double(nanoseconds.value) / 1e9)
            }
        }
    }

    /// A stage of a pipeline computed one step, and waited for it before.
    func record(stage: Int, busy: Duration, bubble: Duration) {
        self.busy[stage].increment(by: Int(busy.nanoseconds))
        self.bubble[stage].increment(by: Int(bubble.nanoseconds))
    }

    func record(copied bytes: ByteCount) { copied.increment(by: bytes.bytes) }

    func record(step: Duration) { steps.observe(step) }

    /// Seconds that stages computed and waited, for tests and reports.
    func pipelineSeconds(stage: Int) -> (busy: Double, bubble: Double) {
        (Double(busy[stage].value) / 1e9, Double(bubble[stage].value) / 1e9)
    }
}
