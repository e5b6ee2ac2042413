package import Domain

/// All that the gateway knows of the engine.
package protocol CompletionBackend: Sendable {
    /// Starts one generation. The stream ends after `finished` or `rejected`. Dropping the stream,
    /// or cancelling the task that reads it, cancels the generation.
    func generate(_ request: GenerationRequest) -> AsyncStream<GenerationEvent>

    /// A fresh id, unique within the process.
    func nextRequestID() -> RequestID

    /// The output holds one of the client's stop strings, so the generation has succeeded; its
    /// stream is dropped right after. Without this call a dropped stream means a client that left.
    func stopStringFound(in request: RequestID)

    /// What is served; constant once the state is `ready`.
    var model: ServedModel { get }

    /// The present condition.
    var state: BackendState { get }
}

extension CompletionBackend {
    package func stopStringFound(in request: RequestID) {}
}
