/// A weight in device memory, in panels of the compute type.
struct PackedMatrix {
    /// Panels, one after the other.
    var panels: UnsafeRawPointer
    /// (outputs), or none.
    var bias: UnsafePointer<Float>?
    var outputs: Int
    var depth: Int
    /// The first output of each part.
    var partStarts: [Int]

    init(_ layout: MatrixLayout, at unit: UnsafeRawPointer) {
        panels = unit + layout.offset
        bias = layout.biasOffset.map { (unit + $0).assumingMemoryBound(to: Float.self) }
        outputs = layout.outputs
        depth = layout.depth
        partStarts = layout.partStarts
    }
}
