internal import CKernels

/// The memory of one unit: which tensors it takes and where each goes.
struct UnitLayout: Hashable {
    private(set) var tensors: [TensorPlacement] = []
    private(set) var byteCount = 0
    let type: ComputeType

    init(type: ComputeType) {
        self.type = type
    }

    /// A cache line: no two tensors share one.
    private static let alignment = 64

    private mutating func take(_ bytes: Int) -> Int {
        let offset = byteCount
        byteCount += (bytes + Self.alignment - 1) / Self.alignment * Self.alignment
        return offset
    }

    /// Adds a vector of floats; returns its offset.
    mutating func addVector(_ name: String, count: Int) -> Int {
        let offset = take(count * MemoryLayout<Float>.stride)
        let form = TensorPlacement.Form.vector(padded: count)
        tensors.append(TensorPlacement(name: name, shape: [count], offset: offset, form: form))
        return offset
    }

    /// Adds a matrix of parts that share their input; `name` is without `.weight` and `.bias`.
    mutating func addMatrix(
        _ parts: [(name: String, outputs: Int)], depth: Int, bias: Bool = false,
        suffix: String = ".weight"
    ) -> MatrixLayout {
        let elements = parts.reduce(0) { $0 + ck_panel_elements($1.outputs, depth) }
        let offset = take(elements * type.elementSize)
        var matrix = MatrixLayout(offset: offset, outputs: 0, depth: depth, partStarts: [])
        var place = offset
        for part in parts {
            matrix.partStarts.append(matrix.outputs)
            matrix.outputs += parts.count == 1 ? part.outputs : Self.padded(part.outputs)
            tensors.append(
                TensorPlacement(
                    name: part.name + suffix, shape: [part.outputs, depth], offset: place,
                    form: .panels))
            place += ck_panel_elements(part.outputs, depth) * type.elementSize
        }
        if bias { matrix.biasOffset = addBias(parts) }
        return matrix
    }

    private mutating func addBias(_ parts: [(name: String, outputs: Int)]) -> Int {
        let size = MemoryLayout<Float>.stride
        let offset = take(parts.reduce(0) { $0 + Self.padded($1.outputs) } * size)
        var place = offset
        for part in parts {
            let padded = Self.padded(part.outputs)
            tensors.append(
                TensorPlacement(
                    name: part.name + ".bias", shape: [part.outputs], offset: place,
                    form: .vector(padded: padded)))
            place += padded * size
        }
        return offset
    }

    private static func padded(_ outputs: Int) -> Int {
        let panel = Int(CK_PANEL)
        return (outputs + panel - 1) / panel * panel
    }
}
