internal import Domain
internal import Gateway
internal import Runtime
internal import Synchronization

/// The place where the gateway meets the runtime.
struct RuntimeBackend: CompletionBackend {
    let runtime: CellRuntime
    let model: ServedModel

    func generate(_ request: GenerationRequest) -> AsyncStream<GenerationEvent> {
        runtime.generate(request)
    }

    func nextRequestID() -> RequestID { runtime.nextRequestID() }

    func stopStringFound(in request: RequestID) {
        runtime.cancel(request, reason: .stopString)
    }

    var state: BackendState {
        let load = runtime.load
        return BackendState(phase: .ready, running: load.running, waiting: load.waiting)
    }
}
