package import Domain
internal import Scheduling

/// How many prompt tokens fill the device.
package struct FillPoint: Hashable, Sendable {
    /// The fewest tokens of a chunk at the start of a sequence whose rate is within 10 % of the
    /// best.
    package var tokens: TokenCount
    package var tokensPerSecond: Double

    private static let enough = 0.9

    /// From the measurements of chunks alone at the start of a sequence; there is at least one.
    init(_ measurements: [Profiler.Measurement]) {
        let rates = measurements.filter { measurement in
            measurement.step.contexts.isEmpty && measurement.step.chunks.count == 1
                && measurement.step.chunks[0].prefix == 0 && measurement.seconds > 0
        }.map { (tokens: $0.step.tokenCount, rate: Double($0.step.tokenCount) / $0.seconds) }
            .sorted { $0.tokens < $1.tokens }
        let best = rates.map(\.rate).max() ?? 0
        tokens = rates.first { $0.rate >= Self.enough * best }?.tokens ?? 1
        tokensPerSecond = best
    }
}
