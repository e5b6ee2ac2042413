/// The weights of one loaded layer, in device memory.
struct LayerWeights {
    let inputNorm: UnsafePointer<Float>
    /// Queries, keys, values.
    let queryKeyValue: PackedMatrix
    let queryNorm: UnsafePointer<Float>?
    let keyNorm: UnsafePointer<Float>?
    let attentionOutput: PackedMatrix
    let postNorm: UnsafePointer<Float>
    /// Gate, up.
    let gateUp: PackedMatrix
    let down: PackedMatrix

    init(_ layout: LayerLayout, at unit: UnsafeRawPointer) {
        func floats(_ offset: Int) -> UnsafePointer<Float> {
            (unit + offset).assumingMemoryBound(to: Float.self)
        }
        inputNorm = floats(layout.inputNorm)
        queryKeyValue = PackedMatrix(layout.queryKeyValue, at: unit)
        queryNorm = layout.queryNorm.map(floats)
        keyNorm = layout.keyNorm.map(floats)
        attentionOutput = PackedMatrix(layout.attentionOutput, at: unit)
        postNorm = floats(layout.postNorm)
        gateUp = PackedMatrix(layout.gateUp, at: unit)
        down = PackedMatrix(layout.down, at: unit)
    }
}

/// The weights of the final norm and the LM head, in device memory.
struct HeadWeights {
    let norm: UnsafePointer<Float>
    let table: PackedMatrix

    /// `nil` if the head shares a table that is not there.
    init?(_ layout: HeadLayout, at unit: UnsafeRawPointer, embedding: PackedMatrix?) {
        guard let table = layout.table.map({ PackedMatrix($0, at: unit) }) ?? embedding else {
            return nil
        }
        norm = (unit + layout.norm).assumingMemoryBound(to: Float.self)
        self.table = table
    }
}
