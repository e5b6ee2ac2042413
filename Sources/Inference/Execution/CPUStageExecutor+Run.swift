internal import CKernels
package import Domain

extension CPUStageExecutor {
    package func run(
        _ step: Step, stage: Int, range: StageRange, input: UnsafeBufferPointer<Float>?,
        consume: (StageOutput) throws -> Void
    ) throws {
        precondition(step.tokens.count <= options.maxBatchedTokens, "step too large")
        precondition(range.units.allSatisfy(holds), "a unit is not in place")
        batch.prepare(
            step, tables: step.tables(stage: stage), blockSize: options.blockSize,
            blockCount: blockCount(of: range.layers), maxLength: maxModelLength)
        guard !step.tokens.isEmpty else { return }
        if range.hasEmbedding { embed(step) } else { enter(input) }
        turnPositions()
        withBlockTables(step.tables(stage: stage)) { blocks in
            for layer in range.layers { runLayer(layer, blocks: blocks) }
        }
        if range.hasHead { try runHead(consume) } else { try leave(consume) }
    }

    var rowCount: Int { batch.positions.count }

    /// Fills the residual stream from the tokens.
    private func embed(_ step: Step) {
        guard let table = weights.embedding else {
            preconditionFailure("the embedding is not in place")
        }
        let vocabulary = configuration.vocabularySize
        precondition(step.tokens.allSatisfy { $0.index < vocabulary }, "no such token")
        step.tokens.withUnsafeBufferPointer { tokens in
            guard let tokens = tokens.baseAddress else { return }
            let work = EmbedWork(
                tokens: tokens, table: table, type: options.computeType.kernelType,
                out: workspace.hidden, stride: workspace.layout.hiddenStride)
            pool.run(work, count: rowCount, cost: hiddenSize * 4)
        }
    }

    /// Fills the residual stream from the stage before.
    private func enter(_ input: UnsafeBufferPointer<Float>?) {
        let width = hiddenSize
        guard let input, let rows = input.baseAddress, input.count == rowCount * width else {
            preconditionFailure("a stage without the embedding takes (rows, hidden)")
        }
        let stride = workspace.layout.hiddenStride
        for row in 0..<rowCount {
            (workspace.hidden + row * stride).update(from: rows + row * width, count: width)
        }
    }

    private func turnPositions() {
        batch.positions.withUnsafeBufferPointer { positions in
            frequencies.withUnsafeBufferPointer { frequencies in
                guard let positions = positions.baseAddress else { return }
                let work = RotationWork(
                    positions: positions, frequencies: frequencies,
                    amplitude: configuration.rotary.amplitude,
                    cosine: workspace.cosine, sine: workspace.sine)
                pool.run(work, count: rowCount, cost: frequencies.count * 100)
            }
        }
    }

    /// Block ids as the kernels read them.
    private func withBlockTables(
        _ tables: ArraySlice<BlockID>, _ body: (UnsafePointer<UInt32>) -> Void
    ) {
        tables.withUnsafeBufferPointer { blocks in
            guard let blocks = blocks.baseAddress else {
                preconditionFailure("tokens without blocks")
            }
            blocks.withMemoryRebound(to: UInt32.self, capacity: tables.count, body)
        }
    }

    /// Hands the residual stream on, rows close together.
    private func leave(_ consume: (StageOutput) throws -> Void) throws {
        let width = hiddenSize
        let stride = workspace.layout.hiddenStride
        for row in 0..<rowCount {
            (workspace.normed + row * width).update(
                from: workspace.hidden + row * stride, count: width)
        }
        let hidden = UnsafeBufferPointer(start: workspace.normed, count: rowCount * width)
        try consume(.hidden(hidden))
    }
}

// MARK: - The head

extension CPUStageExecutor {
    private func runHead(_ consume: (StageOutput) throws -> Void) throws {
        guard let head = weights.head else { preconditionFailure("the head is not in place") }
        var first = 0
        while first < batch.logitRows.count {
            let count = min(workspace.layout.logitRows, batch.logitRows.count - first)
            try batch.logitRows.withUnsafeBufferPointer { rows in
                let chunk = UnsafeBufferPointer(rebasing: rows[first..<first + count])
                try runHead(head, chunk, consume)
            }
            first += count
        }
    }

    private func runHead(
        _ head: HeadWeights, _ rows: UnsafeBufferPointer<LogitRows.Row>,
        _ consume: (StageOutput) throws -> Void
    ) throws {
        let input = makeInput(norm: head.norm, rows: rows.count, gather: rows.baseAddress)
        let vocabulary = configuration.vocabularySize
        multiply(
            head.table, input, rows: rows.count, out: workspace.logits, outStride: vocabulary)
        let logits = UnsafeMutableBufferPointer(
            start: workspace.logits, count: rows.count * vocabulary)
        try consume(
            .logits(LogitRows(rows: rows, logits: logits, vocabularySize: vocabulary)))
    }
}
