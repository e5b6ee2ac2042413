package import Domain

/// Prompts of random tokens with lengths around a mean: `--dataset-name random`.
package struct RandomWorkload: Hashable, Sendable {
    package var count = 1000
    package var inputTokens: TokenCount = 1024
    package var outputTokens: TokenCount = 128
    /// Lengths are uniform between mean · (1 - ratio) and mean · (1 + ratio).
    package var rangeRatio = 0.0
    /// Tokens before the random ones that all prompts share.
    package var prefixTokens: TokenCount = 0
    package var arrivals = ArrivalProcess()
    package var seed: UInt64 = 0

    package init() {}

    package func make() -> Workload {
        var lengths = RandomStream(seed: seed, for: .lengths)
        var prompts = RandomStream(seed: seed, for: .prompts)
        let requests = arrivals.arrivals(count, seed: seed).map { time in
            let input = prefixTokens + Self.length(around: inputTokens, rangeRatio, &lengths)
            let output = Self.length(around: outputTokens, rangeRatio, &lengths)
            return PlannedRequest(
                arrivalSeconds: time, prompt: .tokens(count: input, seed: prompts.next()),
                outputTokens: output)
        }
        return Workload(name: "random", requests: requests)
    }

    /// Uniform between mean · (1 - ratio) and mean · (1 + ratio).
    static func length(
        around mean: TokenCount, _ ratio: Double, _ stream: inout RandomStream
    ) -> TokenCount {
        let low = max(1, Int((Double(mean) * (1 - ratio)).rounded(.down)))
        let high = max(low, Int((Double(mean) * (1 + ratio)).rounded(.up)))
        return ratio > 0 ? stream.integer(in: low...high) : max(1, mean)
    }
}
