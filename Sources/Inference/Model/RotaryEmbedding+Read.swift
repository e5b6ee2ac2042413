#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension RotaryEmbedding {
    private static let factors = 1.0...1e6
    private static let lengths = 1.0...Double(1 << 30)

    /// Reads `rope_parameters`, or the older `rope_theta` and `rope_scaling`.
    init(
        _ config: FieldReader, headDimension: Int, maxPositions: Int
    ) throws(ModelFileError) {
        let parameters = try config.nested("rope_parameters")
        let older = try config.nested("rope_scaling")
        let scaling = parameters ?? older
        let source = parameters?["rope_theta"] == nil ? config : parameters ?? config
        theta = try source.optionalNumber("rope_theta", in: 1.001...1e12) ?? 10_000
        let share = try Self.rotaryShare(config, parameters)
        dimension = Int(Double(headDimension) * share)
        guard dimension >= 2, dimension.isMultiple(of: 2) else {
            throw config.problem(
                "partial_rotary_factor",
                "gives \(dimension) rotary dimensions, expected an even "
                    + "number above 0")
        }
        self.scaling = .none
        if let scaling {
            self.scaling = try Self.scaling(scaling, maxPositions: Double(maxPositions))
        }
    }

    private static func rotaryShare(
        _ config: FieldReader, _ parameters: FieldReader?
    ) throws(ModelFileError) -> Double {
        let key = "partial_rotary_factor"
        let nested = try parameters?.optionalNumber(key, in: 0.001...1)
        let outer = try config.optionalNumber(key, in: 0.001...1)
        return nested ?? outer ?? 1
    }

    private static func scaling(
        _ fields: FieldReader, maxPositions: Double
    ) throws(ModelFileError) -> Scaling {
        let newer = try fields.string("rope_type")
        let older = try fields.string("type")
        let type = newer ?? older
        switch type {
        case "default", "dynamic": return .none
        case "linear": return .linear(factor: try fields.number("factor", in: factors))
        case "llama3": return try llama3(fields, maxPositions)
        case "yarn": return .yarn(try yarn(fields, maxPositions))
        case nil where fields["factor"] == nil && fields["full_attention"] == nil: return .none
        default:
            throw .unsupported(
                file: fields.file,
                problem: "rope scaling \"\(type ?? "without a type")\" is not supported; expected "
                    + "one of default, linear, dynamic, llama3, yarn")
        }
    }

    private static func llama3(
        _ fields: FieldReader, _ maxPositions: Double
    ) throws(ModelFileError) -> Scaling {
        let low = try fields.number("low_freq_factor", in: 1e-6...1e6)
        let high = try fields.number("high_freq_factor", in: 1e-6...1e6)
        guard low < high else {
            throw fields.problem("high_freq_factor", "is \(high), expected more than \(low)")
        }
        let key = "original_max_position_embeddings"
        return .llama3(
            factor: try fields.number("factor", in: factors),
            lowFrequency: low,
            highFrequency: high,
            original: try fields.optionalNumber(key, in: lengths) ?? maxPositions
        )
    }

    private static func yarn(
        _ fields: FieldReader, _ maxPositions: Double
    ) throws(ModelFileError) -> Yarn {
        let factor = try fields.number("factor", in: factors)
        let key = "original_max_position_embeddings"
        let inferred = try attentionFactor(fields, factor)
        return Yarn(
            factor: factor,
            original: try fields.optionalNumber(key, in: lengths) ?? maxPositions,
            betaFast: try fields.optionalNumber("beta_fast", in: 1e-3...1e6) ?? 32,
            betaSlow: try fields.optionalNumber("beta_slow", in: 1e-3...1e6) ?? 1,
            attentionFactor: try fields.optionalNumber("attention_factor", in: 1e-3...1e3)
                ?? inferred,
            truncate: try fields.flag("truncate", default: true)
        )
    }

    /// `0.1 · mscale · ln(factor) + 1`, over the same with `mscale_all_dim` where both are given.
    private static func attentionFactor(
        _ fields: FieldReader, _ factor: Double
    ) throws(ModelFileError) -> Double {
        func magnitude(_ scale: Double) -> Double { 0.1 * scale * log(factor) + 1 }
        let scale = try fields.optionalNumber("mscale", in: 0...1e3) ?? 0
        let allDimensions = try fields.optionalNumber("mscale_all_dim", in: 0...1e3) ?? 0
        guard scale > 0, allDimensions > 0 else { return magnitude(1) }
        return magnitude(scale) / magnitude(allDimensions)
    }
}
