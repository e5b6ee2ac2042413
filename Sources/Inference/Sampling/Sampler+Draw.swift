internal import CKernels
internal import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The cuts of a request: each keeps a beginning of the tokens in falling order.
struct Cuts {
    var topK: Int
    /// Smallest scaled logit.
    var floor: Float
    var topP: Double
    /// Whether min-p or top-k cut something, so that top-p has a share of less than all.
    var narrowsMass: Bool

    init(_ parameters: SamplingParameters, vocabularySize: Int) {
        let asked = parameters.topK ?? vocabularySize
        topK = asked > 0 ? min(asked, vocabularySize) : vocabularySize
        floor = parameters.minP > 0 ? log(min(parameters.minP, 1)) : -.infinity
        topP = Double(parameters.topP)
        narrowsMass = topK < vocabularySize || parameters.minP > 0
    }

    var areActive: Bool { narrowsMass || topP < 1 }
}

extension Sampler {
    /// The weight of a scaled logit: its probability times an unknown.
    private func weight(_ logit: Float) -> Double { exp(Double(logit)) }

    /// The sum of all weights of a row.
    private func mass(_ logits: UnsafeBufferPointer<Float>) -> Double {
        exp(Double(tier.table.pointee.log_sum_exp(logits.baseAddress, logits.count)))
    }

    /// A token of the whole row: the first, in falling order, whose cumulative weight is above
    /// the share `random` of all.
    mutating func draw(_ logits: UnsafeBufferPointer<Float>, _ random: Double) -> TokenID? {
        let (token, all) = walk(logits, to: random * mass(logits))
        if let token { return token }
        // The kernel's sum was a rounding error too large: take the share of the exact one.
        descending.start(logits, largest: 0)
        return walk(logits, to: random * all).token
    }

    /// The first token whose cumulative weight is above `target`; else the weight of all.
    private mutating func walk(
        _ logits: UnsafeBufferPointer<Float>, to target: Double
    ) -> (token: TokenID?, all: Double) {
        var cumulative = 0.0
        while let element = descending.next(logits) {
            cumulative += weight(element.logit)
            if cumulative > target { return (TokenID(UInt32(element.token)), cumulative) }
        }
        return (nil, cumulative)
    }

    /// Fills `kept` with what min-p, top-k and top-p leave, in this order; at least one token.
    mutating func cut(_ logits: UnsafeBufferPointer<Float>, _ cuts: Cuts) {
        keepNone()
        // Top-p alone stops early; after other cuts its share is of what they left.
        let all = cuts.narrowsMass ? nil : mass(logits) * cuts.topP
        var cumulative = 0.0
        while kept.count < cuts.topK, let element = descending.next(logits) {
            guard element.logit >= cuts.floor || kept.isEmpty else { break }
            cumulative += weight(element.logit)
            keep(Candidate(token: TokenID(UInt32(element.token)), cumulative: cumulative))
            if let all, cumulative >= all { return }
        }
        guard cuts.narrowsMass, cuts.topP < 1 else { return }
        trim(above: cuts.topP * cumulative)
    }

    /// A token of `kept` by the share `random` of its weight.
    func drawKept(_ random: Double) -> TokenID? {
        guard let last = kept.last else { return nil }
        let target = random * last.cumulative
        return (kept.first { $0.cumulative > target } ?? last).token
    }

    /// Keeps the shortest beginning of `kept` that weighs `share`.
    private mutating func trim(above share: Double) {
        guard let end = kept.firstIndex(where: { $0.cumulative >= share }) else { return }
        keepFirst(end + 1)
    }
}
