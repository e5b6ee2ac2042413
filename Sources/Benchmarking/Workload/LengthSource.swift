package import Domain

/// How long the prompts and answers of a workload are.
package enum LengthSource: Hashable, Sendable {
    /// As the arrivals say.
    case own
    /// Uniform between mean · (1 - ratio) and mean · (1 + ratio).
    case uniform(input: TokenCount, output: TokenCount, ratio: Double)
    /// Those of rows whose times do not count, each drawn by chance, or in turn and over again.
    /// There is at least one.
    case rows([TraceRow], isRandom: Bool)

    /// Gives every arrival its lengths, in order.
    func apply(to arrivals: inout [TraceRow], seed: UInt64) {
        var stream = RandomStream(seed: seed, for: .lengths)
        switch self {
        case .own: break
        case .uniform(let input, let output, let ratio):
            for index in arrivals.indices {
                arrivals[index].inputTokens = RandomWorkload.length(around: input, ratio, &stream)
                arrivals[index].outputTokens = RandomWorkload.length(
                    around: output, ratio, &stream)
            }
        case .rows(let rows, let isRandom):
            for index in arrivals.indices {
                let place =
                    isRandom ? stream.integer(in: 0...(rows.count - 1)) : index % rows.count
                arrivals[index].inputTokens = rows[place].inputTokens
                arrivals[index].outputTokens = rows[place].outputTokens
            }
        }
    }
}
