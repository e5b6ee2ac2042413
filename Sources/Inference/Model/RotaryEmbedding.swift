#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Rotary position embedding with the scalings that lengthen a model's context: the same
/// formulas as `transformers`' `modeling_rope_utils`.
package struct RotaryEmbedding: Hashable, Sendable {
    package enum Scaling: Hashable, Sendable {
        /// Also `dynamic`, which changes nothing up to the model's own length.
        case none
        case linear(factor: Double)
        case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, original: Double)
        case yarn(Yarn)
    }

    /// YaRN (Peng et al. 2023): low frequencies are interpolated, high ones kept.
    package struct Yarn: Hashable, Sendable {
        package var factor: Double
        package var original: Double
        package var betaFast: Double
        package var betaSlow: Double
        /// Multiplies cosine and sine.
        package var attentionFactor: Double
        /// Whether the bounds of the ramp are rounded to whole dimensions.
        package var truncate: Bool
    }

    package var theta: Double
    /// How many of a head's dimensions turn; even.
    package var dimension: Int
    package var scaling: Scaling

    /// Radians per position for each of the `dimension / 2` pairs.
    package var frequencies: [Double] {
        let plain = (0..<dimension / 2).map { pair in
            1 / pow(theta, Double(2 * pair) / Double(dimension))
        }
        switch scaling {
        case .none:
            return plain
        case .linear(let factor):
            return plain.map { $0 / factor }
        case .llama3(let factor, let low, let high, let original):
            return plain.map { frequency in
                let turns = original * frequency / (2 * .pi)
                let share = min(max((turns - low) / (high - low), 0), 1)
                return frequency * (share + (1 - share) / factor)
            }
        case .yarn(let yarn):
            return interpolate(plain, yarn)
        }
    }

    /// What cosine and sine are multiplied with.
    package var amplitude: Double {
        if case .yarn(let yarn) = scaling { yarn.attentionFactor } else { 1 }
    }

    private func interpolate(_ plain: [Double], _ yarn: Yarn) -> [Double] {
        var low = pairTurning(yarn.betaFast, within: yarn.original)
        var high = pairTurning(yarn.betaSlow, within: yarn.original)
        if yarn.truncate {
            low = low.rounded(.down)
            high = high.rounded(.up)
        }
        low = max(low, 0)
        high = min(high, Double(dimension - 1))
        if low == high { high += 0.001 }
        return plain.enumerated().map { pair, frequency in
            let ramp = min(max((Double(pair) - low) / (high - low), 0), 1)
            return frequency / yarn.factor * ramp + frequency * (1 - ramp)
        }
    }

    /// The pair, as a real number, that turns `turns` times within `positions`.
    private func pairTurning(_ turns: Double, within positions: Double) -> Double {
        Double(dimension) * log(positions / (turns * 2 * .pi)) / (2 * log(theta))
    }
}
