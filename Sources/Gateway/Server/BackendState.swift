/// The engine's condition and load.
package struct BackendState: Hashable, Sendable {
    package var phase: Phase
    /// Generations in execution.
    package var running: Int
    /// Generations that wait for execution.
    package var waiting: Int

    package enum Phase: Hashable, Sendable {
        /// The parameters are not in place yet.
        case loading
        case ready
        /// Takes nothing new and finishes what runs.
        case draining
        /// Will not come back by itself; the message says why.
        case failed(String)
    }

    package init(phase: Phase, running: Int = 0, waiting: Int = 0) {
        self.phase = phase
        self.running = running
        self.waiting = waiting
    }
}

extension BackendState.Phase {
    /// The refusal that this condition calls for; `nil` when requests are welcome.
    var refusal: APIError? {
        switch self {
        case .ready: nil
        case .loading:
            .unavailable("The model is loading.", code: "model_loading", retryAfter: 5)
        case .draining: .draining
        case .failed(let message):
            .unavailable("The engine failed: \(message)", code: "engine_failed", retryAfter: 30)
        }
    }
}
