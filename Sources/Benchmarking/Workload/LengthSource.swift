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
    /// Independent of each other.
    case powerLaw(input: PowerLaw, output: PowerLaw)

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
        case .powerLaw(let input, let output):
            Self.apply(input, output, to: &arrivals, &stream)
        }
    }

    private static func apply(
        _ input: PowerLaw, _ output: PowerLaw, to arrivals: inout [TraceRow],
        _ stream: inout RandomStream
    ) {
        let laws = (input: PowerLaw.Ranks(of: input), output: PowerLaw.Ranks(of: output))
        let ranks = arrivals.map { _ in
            (input: laws.input.draw(&stream), output: laws.output.draw(&stream))
        }
        let inputs = input.lengths(of: ranks.map(\.input))
        let outputs = output.lengths(of: ranks.map(\.output))
        for index in arrivals.indices {
            arrivals[index].inputTokens = inputs[index]
            arrivals[index].outputTokens = outputs[index]
        }
    }
}
