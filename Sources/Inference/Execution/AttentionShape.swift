internal import CKernels

/// What the attention of one layer reads and writes, for all sequences of a step.
struct AttentionShape {
    let kernels: UnsafePointer<ck_tier>
    let type: ComputeType
    let chunks: UnsafeBufferPointer<Batch.Chunk>
    /// The block tables of the stage.
    let blocks: UnsafePointer<UInt32>
    /// This layer's KV.
    let kv: UnsafeMutableRawPointer
    let blockSize: Int
    let heads: Int
    let kvHeads: Int
    let headDimension: Int
    /// (rows, queries · keys · values).
    let queryKeyValue: UnsafeMutablePointer<Float>
    let stride: Int
    /// The first key and value of a row.
    let keyStart: Int
    let valueStart: Int
}
