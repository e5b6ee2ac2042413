internal import CKernels

/// Attention; one item is one KV head of one chunk of rows.
struct AttentionWork: PoolWork {
    let shape: AttentionShape
    /// (rows, heads, head dimension).
    let out: UnsafeMutablePointer<Float>
    let outStride: Int
    /// 0 is none.
    let window: Int
    let scale: Float
    let workspace: Workspace

    var itemCount: Int { shape.chunks.count * shape.kvHeads }

    func run(_ items: Range<Int>, thread: Int) {
        for item in items {
            // Long contexts last in a prompt: begin with them, so that no thread ends late.
            let chunk = shape.chunks[shape.chunks.count - 1 - item / shape.kvHeads]
            run(chunk, kvHead: item % shape.kvHeads, thread: thread)
        }
    }

    private func run(_ chunk: Batch.Chunk, kvHead: Int, thread: Int) {
        var job = ck_attention(
            q: shape.queryKeyValue + chunk.row * shape.stride, q_stride: shape.stride,
            out: out + chunk.row * outStride, out_stride: outStride,
            kv: UnsafeRawPointer(shape.kv), blocks: shape.blocks + chunk.blocks,
            block_size: shape.blockSize, kv_heads: shape.kvHeads,
            group: shape.heads / shape.kvHeads, head_dim: shape.headDimension,
            first_position: chunk.position, window: window, scale: scale,
            scratch: workspace.scratch(thread: thread))
        switch shape.type {
        case .bf16: shape.kernels.pointee.attention_bf16(&job, kvHead, 0, chunk.count)
        case .f32: shape.kernels.pointee.attention_f32(&job, kvHead, 0, chunk.count)
        }
    }
}
