internal import CKernels

/// Packs a stored matrix; one item is one panel.
struct PackWork: PoolWork {
    let panels: UnsafeMutableRawPointer
    let to: ck_dtype
    let tensor: UnsafeRawPointer
    let from: ck_dtype
    /// Outputs and inputs.
    let outputs: Int
    let depth: Int

    func run(_ items: Range<Int>, thread: Int) {
        ck_pack_panels(panels, to, tensor, from, outputs, depth, items.lowerBound, items.count)
    }
}
