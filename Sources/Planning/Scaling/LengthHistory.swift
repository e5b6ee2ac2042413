package import Domain

/// How long answers are, or prompts: mean and variance of those that were seen, where older ones
/// fade. It is what a waiting time is computed from (QLM; Chiron §5.2). Every operation is O(1).
package struct LengthHistory: Hashable, Sendable {
    /// In tokens.
    package private(set) var mean: Double
    private var variance: Double
    /// How many answers the mean rests on.
    private var weight: Double
    private let mostWeight: Double

    package init(_ configuration: AutoscalingConfiguration) {
        mean = max(1, configuration.assumedLength)
        variance = mean * mean
        weight = Double(max(0, configuration.assumedLengthWeight))
        mostWeight = Double(max(1, configuration.rememberedLengths))
    }

    package var deviation: Double { variance.squareRoot() }

    /// An answer has ended.
    package mutating func note(_ length: TokenCount) {
        weight = min(weight + 1, mostWeight)
        let distance = Double(length) - mean
        mean += distance / weight
        variance = (1 - 1 / weight) * (variance + distance * distance / weight)
    }

    /// How far the sum of the next lengths may be from its mean: that of independent lengths,
    /// n·σ², and since the mean itself is known from w lengths only, n²·σ²/w.
    package func deviation(ofSumOf count: Int) -> Double {
        let count = Double(count)
        return deviation * (count + count * count / max(1, weight)).squareRoot()
    }

    /// Tokens that so many answers will have, with so many standard deviations on the safe side.
    package func tokens(of count: Int, deviations: Double) -> Double {
        mean * Double(count) + deviations * deviation(ofSumOf: count)
    }
}
