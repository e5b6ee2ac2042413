package import Domain

/// One request of a recorded or generated trace.
package struct TraceRow: Hashable, Sendable {
    /// Seconds after the trace's own origin.
    package var arrivalSeconds: Double
    package var inputTokens: TokenCount
    package var outputTokens: TokenCount

    package init(arrivalSeconds: Double, inputTokens: TokenCount, outputTokens: TokenCount) {
        self.arrivalSeconds = arrivalSeconds
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}
