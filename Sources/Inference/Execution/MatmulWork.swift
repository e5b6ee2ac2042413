internal import CKernels

/// A matmul; one item is one weight panel.
struct MatmulWork: PoolWork {
    let kernels: UnsafePointer<ck_tier>
    let type: ComputeType
    let job: ck_matmul

    init(
        kernels: UnsafePointer<ck_tier>, type: ComputeType, matrix: PackedMatrix,
        input: MatmulInput, rows: Int, out: UnsafeMutablePointer<Float>, outStride: Int,
        accumulate: Bool
    ) {
        self.kernels = kernels
        self.type = type
        job = ck_matmul(
            x: input.rows, x_stride: input.stride, panels: matrix.panels, bias: matrix.bias,
            y: out, y_stride: outStride, m: rows, k: matrix.depth, n: matrix.outputs,
            accumulate: accumulate)
    }

    var panelCount: Int { (job.n + Int(CK_PANEL) - 1) / Int(CK_PANEL) }

    /// Multiply-adds of one panel; a few rows cost as much as one, because the weights are read
    /// all the same.
    var panelCost: Int { job.k * Int(CK_PANEL) * max(4, job.m) }

    func run(_ items: Range<Int>, thread: Int) {
        withUnsafePointer(to: job) { job in
            switch type {
            case .bf16: kernels.pointee.matmul_bf16(job, items.lowerBound, items.count)
            case .f32: kernels.pointee.matmul_f32(job, items.lowerBound, items.count)
            }
        }
    }
}
