/// What is wished of a random model's size; what is left open is found.
package struct RandomModelSize: Hashable, Sendable {
    package var architecture: Architecture = .llama
    /// Met within 3 %.
    package var parameters: Int?
    package var hiddenSize: Int?
    package var layerCount: Int?
    package var headCount: Int?
    package var keyValueHeadCount: Int?
    package var vocabularySize: Int
    package var tiedEmbeddings = false

    package init(vocabularySize: Int) {
        self.vocabularySize = vocabularySize
    }

    private static let tolerance = 0.03

    /// A model of that size, shaped as closely to published ones as the wishes allow.
    ///
    /// Complexity: O(hidden sizes × layer counts) that are open, some 30 000.
    package func model() throws(ModelWriteError) -> RandomModel {
        try check()
        guard let parameters else {
            guard let hiddenSize, let layerCount else {
                throw problem("expected a number of parameters, or hidden size and layers")
            }
            return model(hiddenSize, layers: layerCount, intermediate: standard(hiddenSize))
        }
        var best: (model: RandomModel, oddity: Double)?
        var nearest: RandomModel?
        for hidden in hiddenSize.map({ [$0] }) ?? Array(stride(from: 64, through: 16384, by: 64))
        where accepts(hidden) {
            for layers in layerCount.map({ $0...$0 }) ?? 1...128 {
                let candidate = fit(hidden, layers: layers, to: parameters)
                let error = distance(candidate, parameters)
                if nearest.map({ error < distance($0, parameters) }) ?? true { nearest = candidate }
                let oddity = oddity(of: candidate) + error / Self.tolerance / 4
                guard error <= Self.tolerance, oddity < best?.oddity ?? .infinity else { continue }
                best = (candidate, oddity)
            }
        }
        guard let best else { throw outOfReach(parameters, nearest) }
        return best.model
    }

    private func distance(_ model: RandomModel, _ parameters: Int) -> Double {
        abs(Double(model.parameterCount) / Double(parameters) - 1)
    }

    private func outOfReach(_ parameters: Int, _ nearest: RandomModel?) -> ModelWriteError {
        guard let nearest else { return problem("no hidden size has that number of heads") }
        return problem(
            "no shape has \(parameters) parameters within 3 %; the nearest, \(nearest.layerCount) "
                + "layers of \(nearest.hiddenSize), has \(nearest.parameterCount)")
    }
}

// MARK: - Shapes

extension RandomModelSize {
    private func model(_ hidden: Int, layers: Int, intermediate: Int) -> RandomModel {
        let heads = headCount ?? standardHeads(hidden)
        var model = RandomModel(
            hiddenSize: hidden, intermediateSize: intermediate, layerCount: layers,
            headCount: heads, keyValueHeadCount: keyValueHeadCount ?? standardKeyValueHeads(heads),
            vocabularySize: vocabularySize)
        model.architecture = architecture
        model.tiedEmbeddings = tiedEmbeddings
        return model
    }

    /// The model of these dimensions whose MLP, in multiples of 64, comes nearest to the size.
    private func fit(_ hidden: Int, layers: Int, to parameters: Int) -> RandomModel {
        let rest = parameters - model(hidden, layers: layers, intermediate: 0).parameterCount
        let width = Double(rest) / Double(3 * hidden * layers)
        let bounds = Double(hidden)...Double(6 * hidden)
        let rounded = Int((min(max(width, bounds.lowerBound), bounds.upperBound) / 64).rounded())
        return model(hidden, layers: layers, intermediate: max(64, rounded * 64))
    }

    /// How unlike published models, 0 for their like: Llama's MLP has 8/3 of the hidden size, and
    /// between 100 million and 7 billion parameters models go from 12 layers of 768 to 32 of 4096.
    private func oddity(of model: RandomModel) -> Double {
        let layers = Double(model.layerCount)
        let usual = 7.4 + Double(model.hiddenSize) / 166
        let width = Double(model.intermediateSize) / Double(standard(model.hiddenSize))
        // Four query heads share one of keys and values where their number allows.
        let heads = model.headCount % 4 == 0 ? 0 : 0.4
        return max(layers / usual, usual / layers) + max(width, 1 / width) - 2 + heads
    }

    private func standard(_ hidden: Int) -> Int { max(64, (hidden * 8 / 3 + 63) / 64 * 64) }

    private func standardHeads(_ hidden: Int) -> Int { hidden % 64 == 0 ? hidden / 64 : 1 }

    private func standardKeyValueHeads(_ heads: Int) -> Int {
        [4, 3, 2].first { heads % $0 == 0 }.map { heads / $0 } ?? heads
    }

    private func accepts(_ hidden: Int) -> Bool {
        let heads = headCount ?? standardHeads(hidden)
        return hidden % (2 * heads) == 0 && hidden / heads <= 1024
            && heads % (keyValueHeadCount ?? 1) == 0
    }

    private func check() throws(ModelWriteError) {
        let bounds: [(String, Int?, ClosedRange<Int>)] = [
            ("parameters", parameters, 1000...1 << 42), ("hidden size", hiddenSize, 2...1 << 17),
            ("layers", layerCount, 1...1024), ("heads", headCount, 1...4096),
            ("KV heads", keyValueHeadCount, 1...4096),
            ("vocabulary", vocabularySize, 1...1 << 22),
        ]
        for case (let name, let value?, let allowed) in bounds where !allowed.contains(value) {
            throw problem(
                "\(name) is \(value), expected \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        if let hiddenSize, !accepts(hiddenSize) {
            throw problem(
                "hidden size \(hiddenSize) has no such heads; expected a multiple of twice the "
                    + "heads, and heads a multiple of the KV heads")
        }
    }

    private func problem(_ problem: String) -> ModelWriteError {
        ModelWriteError(path: "random model", problem: problem)
    }
}
