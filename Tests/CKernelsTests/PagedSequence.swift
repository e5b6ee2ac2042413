internal import CKernels
import TestSupport

/// One sequence's keys and values, paged as the engine pages them, and its queries.
struct PagedSequence {
    var type = CK_BF16
    var headDim = 16
    var blockSize = 16
    var kvHeads = 2
    var group = 1
    var positions = 40
    var window = 0
    var seed = 1

    /// (positions, kvHeads, headDim).
    private(set) var keys: [Float] = []
    private(set) var values: [Float] = []
    /// (positions, queryHeads, headDim).
    private(set) var queries: [Float] = []

    var queryHeads: Int { kvHeads * group }
    var scale: Float { 1 / Float(headDim).squareRoot() }
    private var blocks: Int { (positions + blockSize - 1) / blockSize }
    private var blockElements: Int { 2 * kvHeads * headDim * blockSize }

    /// Draws keys, values and queries; those of bf16 caches are exact in bf16.
    mutating func fill() {
        var chance = SplitMix64(seed: seed)
        let round = { [type] (value: Float) in type == CK_BF16 ? rounded(value) : value }
        keys = chance.floats(positions * kvHeads * headDim, -2...2).map(round)
        values = chance.floats(positions * kvHeads * headDim).map(round)
        queries = chance.floats(positions * queryHeads * headDim, -2...2)
    }

    func filled() -> PagedSequence {
        var copy = self
        copy.fill()
        return copy
    }

    /// Blocks lie backwards with a gap between them; unused slots hold not-a-number.
    var blockTable: [UInt32] {
        (0..<blocks).map { UInt32(2 * (blocks - 1 - $0) + 1) }
    }

    /// The cache after storing positions in calls of `chunk`.
    func stored(on tier: Tier, chunk: Int = .max) -> Buffer<UInt8> {
        let size = type == CK_BF16 ? 2 : 4
        // All bits set is a not-a-number of both types.
        let cache = Buffer<UInt8>((2 * blocks + 1) * blockElements * size, 0xff)
        let store = type == CK_BF16 ? tier.table.store_kv_bf16 : tier.table.store_kv_f32
        let table = blockTable
        keys.withUnsafeBufferPointer { k in
            values.withUnsafeBufferPointer { v in
                table.withUnsafeBufferPointer { blocks in
                    var job = ck_store_kv(
                        k: k.baseAddress, v: v.baseAddress, stride: kvHeads * headDim,
                        kv: cache.pointer, blocks: blocks.baseAddress, block_size: blockSize,
                        kv_heads: kvHeads, head_dim: headDim, first_position: 0)
                    var row = 0
                    while row < positions {
                        let count = min(chunk, positions - row)
                        store?(&job, row, count)
                        row += count
                    }
                }
            }
        }
        return cache
    }

    /// Attention of rows at positions `range`, in calls of `rowsPerCall`: (rows, heads, headDim).
    func attention(
        on tier: Tier, _ cache: Buffer<UInt8>, _ range: Range<Int>, rowsPerCall: Int = .max
    ) -> [Float] {
        let width = queryHeads * headDim
        let out = Buffer<Float>(range.count * width, .nan)
        let scratch = Buffer<Float>(ck_attention_scratch(range.upperBound, group, headDim) + 1, 77)
        scratch.pointer[scratch.count - 1] = 4711
        let attend = type == CK_BF16 ? tier.table.attention_bf16 : tier.table.attention_f32
        let table = blockTable
        queries.withUnsafeBufferPointer { q in
            table.withUnsafeBufferPointer { blocks in
                var job = ck_attention(
                    q: q.baseAddress.map { $0 + range.lowerBound * width }, q_stride: width,
                    out: out.pointer, out_stride: width, kv: cache.pointer,
                    blocks: blocks.baseAddress, block_size: blockSize, kv_heads: kvHeads,
                    group: group, head_dim: headDim, first_position: range.lowerBound,
                    window: window, scale: scale, scratch: scratch.pointer)
                for head in 0..<kvHeads {
                    var row = 0
                    while row < range.count {
                        let count = min(rowsPerCall, range.count - row)
                        attend?(&job, head, row, count)
                        row += count
                    }
                }
            }
        }
        precondition(scratch.pointer[scratch.count - 1] == 4711, "scratch overrun")
        return out.array
    }

    /// One row of one head in double precision, by the definition.
    func reference(position: Int, head: Int) -> [Double] {
        let first = window == 0 ? 0 : max(0, position - window + 1)
        let q = (position * queryHeads + head) * headDim
        let visible = (first...position).map { ($0 * kvHeads + head / group) * headDim }
        let scores = visible.map { k in
            (0..<headDim).reduce(0.0) { $0 + Double(queries[q + $1]) * Double(keys[k + $1]) }
                * Double(scale)
        }
        let best = scores.max() ?? 0
        let weights = scores.map { exponential($0 - best) }
        let sum = weights.reduce(0, +)
        return (0..<headDim).map { d in
            zip(weights, visible).reduce(0.0) { $0 + $1.0 * Double(values[$1.1 + d]) } / sum
        }
    }
}

/// exp in double precision, by halving the argument and the series.
func exponential(_ x: Double) -> Double {
    let halvings = 10
    let r = x / Double(1 << halvings)
    var term = 1.0
    var sum = 1.0
    for n in 1...12 {
        term *= r / Double(n)
        sum += term
    }
    for _ in 0..<halvings {
        sum *= sum
    }
    return sum
}
