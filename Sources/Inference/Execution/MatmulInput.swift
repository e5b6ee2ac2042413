/// Rows in the form a tier's matmul takes them.
struct MatmulInput {
    var rows: UnsafeMutableRawPointer
    /// Elements from row to row.
    var stride: Int
    var elementSize: Int

    func row(_ row: Int) -> UnsafeMutableRawPointer { rows + row * stride * elementSize }
}
