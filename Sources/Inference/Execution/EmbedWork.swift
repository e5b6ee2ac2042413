internal import CKernels
internal import Domain

/// Rows of the embedding table into the residual stream; one item is one row.
struct EmbedWork: PoolWork {
    let tokens: UnsafePointer<TokenID>
    let table: PackedMatrix
    let type: ck_dtype
    let out: UnsafeMutablePointer<Float>
    let stride: Int

    func run(_ items: Range<Int>, thread: Int) {
        for row in items {
            let token = tokens[row].index
            ck_unpack_row(out + row * stride, table.panels, type, table.depth, token)
        }
    }
}
