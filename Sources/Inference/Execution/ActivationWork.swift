internal import CKernels

/// silu(gate) · up, in the form the tier's matmul takes; one item is one row.
struct ActivationWork: PoolWork {
    let kernels: UnsafePointer<ck_tier>
    /// (rows, gate · up).
    let gateUp: UnsafePointer<Float>
    let gateUpStride: Int
    let upStart: Int
    let out: UnsafeMutablePointer<Float>
    let outStride: Int
    /// `nil` leaves the rows as floats in `out`.
    let prepared: MatmulInput?
    let width: Int

    func run(_ items: Range<Int>, thread: Int) {
        for row in items {
            let gate = gateUp + row * gateUpStride
            let activated = out + row * outStride
            kernels.pointee.silu_mul(
                activated, outStride, gate, gate + upStart, gateUpStride, 1, width)
            guard let prepared else { continue }
            kernels.pointee.prepare(
                prepared.row(row), prepared.stride, activated, outStride, 1, width)
        }
    }
}
