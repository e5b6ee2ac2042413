internal import CKernels

/// Makes the input of a matmul; one item is one row: the row of `from`, normed if there is a
/// norm, in the form the tier's matmul takes.
struct InputWork: PoolWork {
    struct Norm {
        var weight: UnsafePointer<Float>
        var epsilon: Float
        /// Where the normed rows go before they are prepared.
        var out: UnsafeMutablePointer<Float>
        var stride: Int
    }

    let kernels: UnsafePointer<ck_tier>
    let from: UnsafePointer<Float>
    let fromStride: Int
    /// Which rows of `from` become rows 0, 1, …; `nil` is all in order.
    let gather: UnsafePointer<LogitRows.Row>?
    let norm: Norm?
    /// `nil` leaves the rows as floats where they are.
    let prepared: MatmulInput?
    let width: Int

    func run(_ items: Range<Int>, thread: Int) {
        for row in items { run(row) }
    }

    private func run(_ row: Int) {
        let source = from + (gather?[row].row ?? row) * fromStride
        guard let norm else {
            prepare(source, fromStride, row)
            return
        }
        let normed = norm.out + row * norm.stride
        kernels.pointee.rms_norm(
            normed, norm.stride, source, fromStride, norm.weight, norm.epsilon, 1, width)
        prepare(normed, norm.stride, row)
    }

    private func prepare(_ source: UnsafePointer<Float>, _ stride: Int, _ row: Int) {
        guard let prepared else { return }
        kernels.pointee.prepare(
            prepared.row(row), prepared.stride, source, stride, 1, width)
    }
}
