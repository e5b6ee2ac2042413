internal import CKernels

/// Norms and turns queries and keys, and stores keys and values; one item is one chunk of rows.
struct StoreWork: PoolWork {
    let shape: AttentionShape
    let queryNorm: UnsafePointer<Float>?
    let keyNorm: UnsafePointer<Float>?
    let epsilon: Float
    /// (rows, pairs).
    let cosine: UnsafePointer<Float>
    let sine: UnsafePointer<Float>
    let pairs: Int

    func run(_ items: Range<Int>, thread: Int) {
        for index in items {
            let chunk = shape.chunks[index]
            for row in chunk.row..<chunk.row + chunk.count { turn(row) }
            store(chunk)
        }
    }

    private func turn(_ row: Int) {
        let queries = shape.queryKeyValue + row * shape.stride
        turn(queries, heads: shape.heads, norm: queryNorm, row: row)
        turn(queries + shape.keyStart, heads: shape.kvHeads, norm: keyNorm, row: row)
    }

    private func turn(
        _ x: UnsafeMutablePointer<Float>, heads: Int, norm: UnsafePointer<Float>?, row: Int
    ) {
        let dimension = shape.headDimension
        if let norm {
            shape.kernels.pointee.rms_norm(
                x, dimension, x, dimension, norm, epsilon, heads, dimension)
        }
        shape.kernels.pointee.rope(
            x, heads, dimension, 2 * pairs, cosine + row * pairs, sine + row * pairs)
    }

    private func store(_ chunk: Batch.Chunk) {
        let rows = shape.queryKeyValue + chunk.row * shape.stride
        var job = ck_store_kv(
            k: rows + shape.keyStart, v: rows + shape.valueStart, stride: shape.stride,
            kv: shape.kv, blocks: shape.blocks + chunk.blocks, block_size: shape.blockSize,
            kv_heads: shape.kvHeads, head_dim: shape.headDimension,
            first_position: chunk.position)
        switch shape.type {
        case .bf16: shape.kernels.pointee.store_kv_bf16(&job, 0, chunk.count)
        case .f32: shape.kernels.pointee.store_kv_f32(&job, 0, chunk.count)
        }
    }
}
