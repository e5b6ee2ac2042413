internal import CKernels
package import Domain

extension CPUStageExecutor {
    package func run(
        _ step: Step, input: UnsafeBufferPointer<Float>?, consume: (StageOutput) throws -> Void
    ) throws {
        precondition(step.tokens.count <= options.maxBatchedTokens, "step too large")
        batch.prepare(
            step, blockSize: options.blockSize, blockCount: blockCount, maxLength: maxModelLength)
        guard !step.tokens.isEmpty else { return }
        enter(step, input)
        turnPositions()
        withBlockTables(of: step) { blocks in
            for layer in stage.layers { runLayer(layer, blocks: blocks) }
        }
        if let head = weights.head, stage.hasHead {
            try runHead(head, consume)
        } else {
            try leave(consume)
        }
    }

    var rowCount: Int { batch.positions.count }

    /// Fills the residual stream from the tokens, or from the stage before.
    private func enter(_ step: Step, _ input: UnsafeBufferPointer<Float>?) {
        let width = hiddenSize
        let stride = workspace.layout.hiddenStride
        if let table = weights.embedding, stage.hasEmbedding {
            let vocabulary = configuration.vocabularySize
            precondition(step.tokens.allSatisfy { $0.index < vocabulary }, "no such token")
            step.tokens.withUnsafeBufferPointer { tokens in
                guard let tokens = tokens.baseAddress else { return }
                let work = EmbedWork(
                    tokens: tokens, table: table, type: options.computeType.kernelType,
                    out: workspace.hidden, stride: stride)
                pool.run(work, count: rowCount, cost: width * 4)
            }
            return
        }
        guard let input, let rows = input.baseAddress, input.count == rowCount * width else {
            preconditionFailure("a stage without the embedding takes (rows, hidden)")
        }
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
    private func withBlockTables(of step: Step, _ body: (UnsafePointer<UInt32>) -> Void) {
        step.blocks.withUnsafeBufferPointer { blocks in
            guard let blocks = blocks.baseAddress else {
                preconditionFailure("tokens without blocks")
            }
            blocks.withMemoryRebound(to: UInt32.self, capacity: step.blocks.count, body)
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
    private func runHead(_ head: HeadWeights, _ consume: (StageOutput) throws -> Void) throws {
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
