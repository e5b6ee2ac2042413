/// How long one request spent in each phase, by the engine's clock.
package struct RequestTimings: Hashable, Sendable {
    /// From arrival to the first step that ran any of it.
    package var queued: Duration
    /// From then to its first token.
    package var prefill: Duration
    /// From its first token to its last.
    package var decode: Duration

    package init(queued: Duration, prefill: Duration, decode: Duration) {
        self.queued = queued
        self.prefill = prefill
        self.decode = decode
    }

    /// Time on the engine.
    package var inference: Duration { prefill + decode }
    /// Arrival to last token.
    package var total: Duration { queued + prefill + decode }
}
