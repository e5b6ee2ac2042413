package import Domain

extension RandomModel {
    /// Writes the files of a model into `directory`, which must be new or empty.
    ///
    /// The configuration comes last: a directory whose writing was cut short is no model.
    ///
    /// - Parameters:
    ///   - tokenizer: whose tokenizer files to copy, if its vocabulary has the same size.
    ///   - progress: hears how much of the weights is written.
    /// - Returns: Whether the tokenizer fitted.
    /// - Complexity: O(parameters) time, constant memory.
    @discardableResult
    package func write(
        to directory: ModelDirectory, tokenizer: ModelDirectory? = nil,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws -> Bool {
        let tokenizer = try tokenizer.flatMap { try fits($0) ? $0 : nil }
        let endTokens = try tokenizer.map { try Self.endTokens(of: $0) } ?? []
        let json = configuration(endTokens: endTokens)
        let file = ModelDirectory.configuration
        let model = try ModelConfiguration(FieldReader(file: file, json: json))
        try directory.makeEmpty()
        try writeWeights(of: model, to: directory, progress: progress)
        if let tokenizer { try copyTokenizer(of: tokenizer, to: directory) }
        let generation = generation(endTokens: endTokens)
        try directory.write(generation.bytes, to: ModelDirectory.generation)
        try directory.write(json.bytes, to: file)
        return tokenizer != nil
    }

    private func fits(_ tokenizer: ModelDirectory) throws -> Bool {
        try ModelConfiguration(tokenizer).vocabularySize == vocabularySize
    }

    private static func endTokens(of directory: ModelDirectory) throws -> [TokenID] {
        let suggested = try GenerationDefaults(directory).endTokens
        return suggested.isEmpty ? try ModelConfiguration(directory).endTokens : suggested
    }

    private func copyTokenizer(of source: ModelDirectory, to target: ModelDirectory) throws {
        for file in ["tokenizer.json", "tokenizer_config.json"] where source.contains(file) {
            try target.write(Array(source.text(at: source.path(of: file)).utf8), to: file)
        }
    }
}

extension ModelDirectory {
    fileprivate func write(_ bytes: [UInt8], to file: String) throws(ModelWriteError) {
        let output = try OutputFile(creating: path(of: file))
        try output.append(bytes)
        try output.finish()
    }
}

// MARK: - Weights

extension RandomModel {
    private static let chunk = 1 << 18

    private func writeWeights(
        of model: ModelConfiguration, to directory: ModelDirectory,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void
    ) throws(ModelWriteError) {
        let tensors = Self.tensors(of: model)
        let path = directory.path(of: ModelDirectory.weights)
        var writer = try SafetensorsWriter(creating: path, tensors: tensors)
        let size = ElementType.bf16.size
        let total = ByteCount(tensors.reduce(0) { $0 + $1.elementCount } * size)
        var done = ByteCount.zero
        var elements = [UInt16](repeating: 0, count: Self.chunk)
        for (index, tensor) in tensors.enumerated() {
            var first = 0
            while first < tensor.elementCount {
                let count = min(Self.chunk, tensor.elementCount - first)
                fill(&elements, count: count, tensor, index: index, first: first)
                try writer.append(elements[..<count])
                first += count
                done += ByteCount(count * size)
                progress(done, total)
            }
        }
        try writer.finish()
    }

    /// Exactly what the engine loads, in that order.
    private static func tensors(of model: ModelConfiguration) -> [SafetensorsWriter.Tensor] {
        let stage = StageRange.whole(layerCount: model.layerCount)
        let layout = StageLayout(model, stage: stage, type: .bf16)
        return stage.units.compactMap { layout.unit($0) }.flatMap { unit in
            unit.tensors.map { SafetensorsWriter.Tensor(name: $0.name, shape: $0.shape) }
        }
    }

    /// Norms are 1, biases 0; a matrix is uniform around 0 with deviation 0.7/√inputs, so that
    /// activations keep their size from layer to layer.
    private func fill(
        _ elements: inout [UInt16], count: Int, _ tensor: SafetensorsWriter.Tensor, index: Int,
        first: Int
    ) {
        guard tensor.shape.count == 2, let inputs = tensor.shape.last else {
            let value: Float = tensor.name.hasSuffix("norm.weight") ? 1 : 0
            for place in 0..<count { elements[place] = Self.bf16(value) }
            return
        }
        // A uniform number of 16 bits has deviation 2¹⁶/√12.
        let scale = 0.7 / Float(inputs).squareRoot() * Float(12).squareRoot() / 65536
        let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        for group in 0..<(count + 7) / 8 {
            let number = UInt64(first / 8 + group)
            let counter = SIMD4(
                UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32),
                UInt32(index), 1)
            let words = CounterRandom.words(counter: counter, key: key)
            for place in group * 8..<min(group * 8 + 8, count) {
                let word = words[place % 8 / 2]
                let bits = place % 2 == 0 ? word & 0xFFFF : word >> 16
                elements[place] = Self.bf16((Float(bits) - 32767.5) * scale)
            }
        }
    }

    /// The nearest bf16, ties to even.
    private static func bf16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
