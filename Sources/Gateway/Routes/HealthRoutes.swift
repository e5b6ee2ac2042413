internal import Domain
internal import Hummingbird
internal import NIOCore
internal import Telemetry

/// What probes, scrapers and operators ask.
struct HealthRoutes: Sendable {
    let serving: Serving

    /// 200 and nothing else while requests are welcome, otherwise 503 and the reason.
    func health() -> Response {
        guard let refusal = serving.refusal else { return Response(status: .ok) }
        return .error(refusal)
    }

    func version() -> Response { .json(["version": .string(serving.configuration.version)]) }

    /// Requests being served and generations in the engine.
    func load() -> Response {
        let state = serving.backend.state
        return .json([
            "server_load": .int(serving.gate.inside), "running": .int(state.running),
            "waiting": .int(state.waiting),
        ])
    }

    func metrics() -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: serving.metrics.render())))
    }
}
