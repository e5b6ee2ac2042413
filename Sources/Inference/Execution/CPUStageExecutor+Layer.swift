internal import CKernels

extension CPUStageExecutor {
    /// One transformer layer over all rows of the batch.
    func runLayer(_ layer: Int, blocks: UnsafePointer<UInt32>) {
        let weights = weights.layer(layer)
        attend(layer, weights, blocks)
        var first = 0
        while first < rowCount {
            let count = min(workspace.layout.mlpRows, rowCount - first)
            runMLP(weights, rows: first..<first + count)
            first += count
        }
    }

    private func attend(_ layer: Int, _ weights: LayerWeights, _ blocks: UnsafePointer<UInt32>) {
        let sizes = workspace.layout
        let input = makeInput(norm: weights.inputNorm, rows: rowCount)
        multiply(
            weights.queryKeyValue, input, rows: rowCount, out: workspace.queryKeyValue,
            outStride: sizes.queryKeyValueStride)
        batch.chunks.withUnsafeBufferPointer { chunks in
            let shape = attentionShape(layer, weights, chunks, blocks)
            store(shape, weights)
            attend(shape, window: configuration.windows[layer] ?? 0)
        }
        let attended = makeInput(
            from: workspace.attention, stride: sizes.attentionStride, rows: rowCount,
            width: configuration.queryWidth, into: workspace.input)
        multiply(
            weights.attentionOutput, attended, rows: rowCount, out: workspace.hidden,
            outStride: sizes.hiddenStride, accumulate: true)
    }

    private func attentionShape(
        _ layer: Int, _ weights: LayerWeights, _ chunks: UnsafeBufferPointer<Batch.Chunk>,
        _ blocks: UnsafePointer<UInt32>
    ) -> AttentionShape {
        AttentionShape(
            kernels: tier.table, type: options.computeType, chunks: chunks, blocks: blocks,
            kv: kv.base(layer: layer), blockSize: options.blockSize,
            heads: configuration.headCount, kvHeads: configuration.keyValueHeadCount,
            headDimension: configuration.headDimension,
            queryKeyValue: workspace.queryKeyValue,
            stride: workspace.layout.queryKeyValueStride,
            keyStart: weights.queryKeyValue.partStarts[1],
            valueStart: weights.queryKeyValue.partStarts[2])
    }

    private func store(_ shape: AttentionShape, _ weights: LayerWeights) {
        let work = StoreWork(
            shape: shape, queryNorm: weights.queryNorm, keyNorm: weights.keyNorm,
            epsilon: configuration.normEpsilon, cosine: workspace.cosine, sine: workspace.sine,
            pairs: workspace.layout.rotaryPairs)
        let rowsPerChunk = max(1, rowCount / max(1, shape.chunks.count))
        pool.run(work, count: shape.chunks.count, cost: rowsPerChunk * shape.stride * 4)
    }

    private func attend(_ shape: AttentionShape, window: Int) {
        let work = AttentionWork(
            shape: shape, out: workspace.attention, outStride: workspace.layout.attentionStride,
            window: window, scale: 1 / Float(configuration.headDimension).squareRoot(),
            workspace: workspace)
        let pairs = batch.visiblePairs / max(1, shape.chunks.count)
        let cost = 2 * pairs * configuration.group * shape.headDimension
        pool.run(work, count: work.itemCount, cost: cost)
    }

    private func runMLP(_ weights: LayerWeights, rows: Range<Int>) {
        let sizes = workspace.layout
        let residual = workspace.hidden + rows.lowerBound * sizes.hiddenStride
        let input = makeInput(
            norm: weights.postNorm, firstRow: rows.lowerBound, rows: rows.count)
        multiply(
            weights.gateUp, input, rows: rows.count, out: workspace.gateUp,
            outStride: sizes.gateUpStride)
        let activated = activate(weights, rows: rows.count)
        multiply(
            weights.down, activated, rows: rows.count, out: residual,
            outStride: sizes.hiddenStride, accumulate: true)
    }

    private func activate(_ weights: LayerWeights, rows: Int) -> MatmulInput {
        let sizes = workspace.layout
        let prepared = preparedInput(workspace.activatedInput, stride: sizes.activatedStride)
        let width = configuration.intermediateSize
        let work = ActivationWork(
            kernels: tier.table, gateUp: workspace.gateUp, gateUpStride: sizes.gateUpStride,
            upStart: weights.gateUp.partStarts[1], out: workspace.activated,
            outStride: sizes.activatedStride, prepared: prepared, width: width)
        pool.run(work, count: rows, cost: width * 16)
        return prepared ?? floatInput(workspace.activated, stride: sizes.activatedStride)
    }
}

// MARK: - Matmuls

extension CPUStageExecutor {
    func multiply(
        _ matrix: PackedMatrix, _ input: MatmulInput, rows: Int,
        out: UnsafeMutablePointer<Float>, outStride: Int, accumulate: Bool = false
    ) {
        let work = MatmulWork(
            kernels: tier.table, type: options.computeType, matrix: matrix, input: input,
            rows: rows, out: out, outStride: outStride, accumulate: accumulate)
        pool.run(work, count: work.panelCount, cost: work.panelCost)
    }

    /// Normed rows of the residual stream as the input of a matmul: rows from `firstRow` on, or
    /// the rows that `gather` names.
    func makeInput(
        norm weight: UnsafePointer<Float>, firstRow: Int = 0, rows: Int,
        gather: UnsafePointer<LogitRows.Row>? = nil
    ) -> MatmulInput {
        let stride = workspace.layout.hiddenStride
        let norm = InputWork.Norm(
            weight: weight, epsilon: configuration.normEpsilon, out: workspace.normed,
            stride: stride)
        let prepared = preparedInput(workspace.input, stride: stride)
        let work = InputWork(
            kernels: tier.table, from: workspace.hidden + firstRow * stride, fromStride: stride,
            gather: gather, norm: norm, prepared: prepared, width: hiddenSize)
        pool.run(work, count: rows, cost: hiddenSize * 4)
        return prepared ?? floatInput(workspace.normed, stride: stride)
    }

    /// Rows of floats as the input of a matmul.
    private func makeInput(
        from: UnsafeMutablePointer<Float>, stride: Int, rows: Int, width: Int,
        into: UnsafeMutableRawPointer
    ) -> MatmulInput {
        guard let prepared = preparedInput(into, stride: stride) else {
            return floatInput(from, stride: stride)
        }
        let work = InputWork(
            kernels: tier.table, from: from, fromStride: stride, gather: nil, norm: nil,
            prepared: prepared, width: width)
        pool.run(work, count: rows, cost: width * 2)
        return prepared
    }

    /// Where prepared rows go; `nil` where the matmul takes floats as they are.
    private func preparedInput(_ rows: UnsafeMutableRawPointer, stride: Int) -> MatmulInput? {
        guard options.computeType == .bf16 else { return nil }
        let size = tier.table.pointee.prepared_bf16 ? 2 : MemoryLayout<Float>.stride
        return MatmulInput(rows: rows, stride: stride, elementSize: size)
    }

    private func floatInput(_ rows: UnsafeMutablePointer<Float>, stride: Int) -> MatmulInput {
        MatmulInput(
            rows: UnsafeMutableRawPointer(rows), stride: stride,
            elementSize: MemoryLayout<Float>.stride)
    }
}
