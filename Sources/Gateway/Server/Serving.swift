internal import Domain
internal import Telemetry
internal import Tokenization

/// What every route needs, handed to it by value.
struct Serving: Sendable {
    var configuration: GatewayConfiguration
    var backend: any CompletionBackend
    var tokenizer: Tokenizer
    /// `nil` for a model without one; chat is refused then.
    var template: ChatTemplate?
    var metrics: ServerMetrics
    var gate: DrainGate
    /// `nil` for a backend without a cell to show; its routes do not exist then.
    var cluster: ClusterAccess?

    var limits: GatewayLimits { configuration.limits }

    /// Lets a generation in, or says why not.
    func admit() throws(APIError) -> DrainGate.Pass {
        if let refusal = backend.state.phase.refusal { throw refusal }
        guard let pass = gate.enter() else {
            metrics.recordRejected(.draining)
            throw .draining
        }
        return pass
    }

    /// A refusal while the server as a whole takes no requests.
    var refusal: APIError? {
        gate.isDraining ? .draining : backend.state.phase.refusal
    }
}
