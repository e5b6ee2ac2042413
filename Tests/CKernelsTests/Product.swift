internal import CKernels
import TestSupport

/// A matrix multiplication as the engine does it: pack, prepare, multiply.
struct Product {
    let m: Int
    let k: Int
    let n: Int
    let weights: ck_dtype
    /// (m, k) and (n, k).
    let x: [Float]
    let w: [Float]
    private let packed: Buffer<UInt8>

    init(m: Int, k: Int, n: Int, weights: ck_dtype, x: [Float], w: [Float]) {
        (self.m, self.k, self.n, self.weights, self.x, self.w) = (m, k, n, weights, x, w)
        packed = Buffer(ck_panel_elements(n, k) * (weights == CK_F32 ? 4 : 2), 0xff)
        ck_pack_panels(packed.pointer, weights, w, CK_F32, n, k, 0, panels)
    }

    /// Random operands that bf16 holds exactly.
    init(m: Int, k: Int, n: Int, weights: ck_dtype, seed: Int) {
        var chance = SplitMix64(seed: seed)
        let x = chance.floats(m * k).map(rounded)
        let w = chance.floats(n * k).map(rounded)
        self.init(m: m, k: k, n: n, weights: weights, x: x, w: w)
    }

    var panels: Int { (n + Int(CK_PANEL) - 1) / Int(CK_PANEL) }

    /// How a call is cut: the result must not depend on it.
    struct Cut {
        var rows: Range<Int>
        /// Panels of each call.
        var panelsPerCall = Int.max
        /// Added to the strides and to the place of the first element.
        var slack = 0
        var bias: [Float]?
        /// What y holds before; its presence means `accumulate`.
        var previous: [Float]?
    }

    /// (rows, n).
    func callAsFunction(on tier: Tier, _ cut: Cut) -> [Float] {
        let rows = cut.rows.count
        let depth = (k + 1) / 2 * 2
        let xStride = depth + cut.slack
        let yStride = n + cut.slack
        let input = prepared(on: tier, cut.rows, stride: xStride, offset: cut.slack)
        let output = Buffer<Float>(rows * yStride + cut.slack, .nan)
        if let previous = cut.previous {
            for row in 0..<rows {
                for i in 0..<n {
                    output.pointer[cut.slack + row * yStride + i] = previous[row * n + i]
                }
            }
        }
        let bias = cut.bias.map { Buffer($0) }
        let offset = cut.slack * (isBF16(on: tier) ? 2 : 4)
        var job = ck_matmul(
            x: input.pointer + offset, x_stride: xStride, panels: packed.pointer,
            bias: bias.map { UnsafePointer($0.pointer) }, y: output.pointer + cut.slack,
            y_stride: yStride, m: rows, k: depth, n: n, accumulate: cut.previous != nil)
        let multiply = weights == CK_F32 ? tier.table.matmul_f32 : tier.table.matmul_bf16
        var panel = 0
        while panel < panels {
            let count = min(cut.panelsPerCall, panels - panel)
            multiply?(&job, panel, count)
            panel += count
        }
        return (0..<rows * n).map { output.pointer[cut.slack + $0 / n * yStride + $0 % n] }
    }

    private func isBF16(on tier: Tier) -> Bool {
        weights == CK_BF16 && tier.table.prepared_bf16
    }

    private func prepared(on tier: Tier, _ rows: Range<Int>, stride: Int, offset: Int)
        -> Buffer<UInt8>
    {
        let depth = (k + 1) / 2 * 2
        let size = isBF16(on: tier) ? 2 : 4
        let input = Buffer<UInt8>((rows.count * stride + offset) * size, 0xff)
        let first = input.pointer + offset * size
        x.withUnsafeBufferPointer { x in
            guard let base = x.baseAddress.map({ $0 + rows.lowerBound * k }) else { return }
            if weights == CK_BF16 {
                tier.table.prepare(first, stride, base, k, rows.count, k)
                return
            }
            first.withMemoryRebound(to: Float.self, capacity: rows.count * stride) { to in
                for row in 0..<rows.count {
                    for i in 0..<depth {
                        to[row * stride + i] = i < k ? base[row * k + i] : 0
                    }
                }
            }
        }
        return input
    }

    /// The sum in double precision and the sum of the terms' magnitudes, for one output.
    func reference(row: Int, output: Int) -> (sum: Double, magnitude: Double) {
        var sum = 0.0
        var magnitude = 0.0
        for i in 0..<k {
            let term = Double(x[row * k + i]) * Double(w[output * k + i])
            sum += term
            magnitude += term.magnitude
        }
        return (sum, magnitude)
    }
}
