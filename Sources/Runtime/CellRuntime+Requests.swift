internal import Cluster
package import Domain
internal import Synchronization

extension CellRuntime {
    package func nextRequestID() -> RequestID {
        RequestID(lastRequestID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Starts one generation. The stream ends after `finished` or `rejected`; letting go of it
    /// cancels the generation.
    package func generate(_ request: GenerationRequest) -> AsyncStream<GenerationEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: GenerationEvent.self)
        continuation.onTermination = { [weak self] reason in
            guard case .cancelled = reason else { return }
            self?.abandoned.withLock { $0.append(request.id) }
        }
        let record = SequenceRecord(request: request, stream: continuation, arrived: Self.now)
        state.withLock { state in
            cancelAbandoned(&state)
            state.submitted[request.id] = record
            deliver(.submitted(request), &state)
        }
        return stream
    }

    /// Ends a generation whose owner wants no more of it; one that has ended is left alone.
    package func cancel(_ request: RequestID, reason: FinishReason = .aborted) {
        state.withLock { deliver(.cancelled(request, reason), &$0) }
    }

    /// Takes nothing new from now on; what has been accepted goes on.
    package func drain() {
        state.withLock { deliver(.drain, &$0) }
    }

    func cancelAbandoned(_ state: inout State) {
        var requests: [RequestID] = []
        abandoned.withLock { swap(&requests, &$0) }
        for request in requests { deliver(.cancelled(request, .aborted), &state) }
    }

    func abortAll() {
        let requests = state.withLock { state in
            deliver(.drain, &state)
            return state.records.compactMap { $0?.request.id }
        }
        for request in requests { cancel(request) }
    }
}
