package import Scheduling

/// What one kind of batch took, measured.
package struct CostSample: Hashable, Sendable {
    package var load: BatchLoad
    package var seconds: Double

    package init(load: BatchLoad, seconds: Double) {
        self.load = load
        self.seconds = seconds
    }
}

/// Finds the coefficients of the cost model by least squares. Errors count relative to the time
/// measured, because batches differ by orders of magnitude.
package enum CostModelFit {
    /// The cost model that fits the samples best: those with prompts give the prompt terms, those
    /// that only decode the decode terms; mixed ones are not used.
    ///
    /// - Returns: `nil` when the samples do not determine what a token costs.
    package static func fit(_ samples: [CostSample]) -> BatchCostModel? {
        let prompts = samples.filter { $0.load.promptChunks > 0 && $0.load.decodes == 0 }
        let decodes = samples.filter { $0.load.promptChunks == 0 && $0.load.decodes > 0 }
        // Per batch: λ once, and γ − λ per chunk.
        let prompt = solve(prompts) {
            [Double($0.promptPairs), Double($0.promptTokens), Double($0.promptChunks), 1]
        }
        guard prompt[1] > 0 else { return nil }
        return BatchCostModel(
            perPair: prompt[0], perToken: prompt[1], perChunk: prompt[2] + prompt[3],
            shared: prompt[3], decode: fitDecode(decodes))
    }

    /// Linear below and above the number of sequences from which arithmetic counts; the number is
    /// the one that predicts best.
    private static func fitDecode(_ samples: [CostSample]) -> BatchCostModel.Decode {
        var best = BatchCostModel.Decode(perStep: 0, perSequence: 0, perContextToken: 0)
        var least = Double.infinity
        let counts = Set(samples.map(\.load.decodes)).sorted()
        // Some sequences must lie above, or a token would cost nothing.
        for bound in [0] + counts.dropLast() {
            let found = solve(samples) { load in
                let isBelow = load.decodes <= bound
                return [
                    isBelow ? 1 : 0, isBelow ? 0 : Double(load.decodes), Double(load.decodePairs),
                ]
            }
            var model = BatchCostModel(
                perPair: 0, perToken: 0, perChunk: 0, shared: 0, decode: best)
            model.decode = BatchCostModel.Decode(
                perStep: found[0], perSequence: found[1], perContextToken: found[2])
            let error = CostError(of: model, on: samples).mean
            if error < least { (best, least) = (model.decode, error) }
        }
        return best
    }

    /// The same for prompts without the terms of attention: what a scheduler assumes that counts
    /// tokens (β·c + γ per batch). The yardstick for `fit`.
    package static func fitBlind(_ samples: [CostSample]) -> BatchCostModel? {
        let prompts = samples.filter { $0.load.promptChunks > 0 && $0.load.decodes == 0 }
        let prompt = solve(prompts) { [Double($0.promptTokens), 1] }
        guard prompt[0] > 0 else { return nil }
        return BatchCostModel(
            perPair: 0, perToken: prompt[0], perChunk: prompt[1], shared: prompt[1],
            decode: BatchCostModel.Decode(perStep: 0, perSequence: 0, perContextToken: 0))
    }

    private static func solve(
        _ samples: [CostSample], _ variables: (BatchLoad) -> [Double]
    ) -> [Double] {
        // Dividing an equation by its time makes its error relative.
        let known = samples.filter { $0.seconds > 0 }
        let rows = known.map { sample in variables(sample.load).map { $0 / sample.seconds } }
        let solution = LeastSquares(rows: rows, values: known.map { _ in 1 }).solveNonNegative()
        return solution.isEmpty ? variables(.zero).map { _ in 0 } : solution
    }
}

/// How far predictions are from measurements, relative to the measurements.
package struct CostError: Hashable, Sendable {
    package var samples: Int
    package var mean: Double
    package var worst: Double

    package init(samples: Int, mean: Double, worst: Double) {
        self.samples = samples
        self.mean = mean
        self.worst = worst
    }

    /// Of one model on samples it has not seen. No samples, no error.
    package init(of model: BatchCostModel, on samples: [CostSample]) {
        let errors = samples.filter { $0.seconds > 0 }.map {
            abs(model.cost(of: $0.load) / $0.seconds - 1)
        }
        self.init(
            samples: errors.count,
            mean: errors.reduce(0, +) / Double(max(1, errors.count)),
            worst: errors.max() ?? 0)
    }
}
