internal import Domain
internal import Telemetry

/// Everything the runtime counts.
struct RuntimeMetrics: Sendable {
    let server: ServerMetrics
    let cluster: ClusterMetrics
    let fleet: FleetMetrics
    /// Arrival to first token, of the last seconds.
    let firstToken = LatencyWindow()
    /// Between two tokens of a request, of the last seconds.
    let interToken = LatencyWindow()

    init(_ server: ServerMetrics, instances: Int) {
        self.server = server
        cluster = ClusterMetrics(server)
        fleet = FleetMetrics(server, instances: instances)
    }

    func recordFirstToken(after duration: Duration, at now: Instant) {
        server.recordFirstToken(after: duration)
        firstToken.record(duration, at: now)
    }

    func recordInterToken(_ duration: Duration, at now: Instant) {
        server.recordInterToken(duration)
        interToken.record(duration, at: now)
    }
}
