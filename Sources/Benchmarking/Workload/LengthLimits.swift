package import Domain

/// Fits the lengths of a trace to a model: scales them, then clips them.
package struct LengthLimits: Hashable, Sendable {
    package var inputScale = 1.0
    package var outputScale = 1.0
    package var maxInput: TokenCount?
    package var maxOutput: TokenCount?
    /// Prompt and output together; the prompt gives way first, as in the KunServe driver.
    package var maxTotal: TokenCount?

    package init() {}

    /// At least one token each. An output as long as `maxTotal` leaves one token for the prompt.
    package func fit(
        input: TokenCount, output: TokenCount
    ) -> (input: TokenCount, output: TokenCount) {
        var input = scaled(input, by: inputScale, limit: maxInput)
        var output = scaled(output, by: outputScale, limit: maxOutput)
        if let maxTotal {
            output = max(1, min(output, maxTotal - 1))
            input = max(1, min(input, maxTotal - output))
        }
        return (input, output)
    }

    private func scaled(_ length: TokenCount, by scale: Double, limit: Int?) -> TokenCount {
        let value = min((Double(length) * scale).rounded(), 1e9)
        return max(1, min(Int(value), limit ?? .max))
    }
}
