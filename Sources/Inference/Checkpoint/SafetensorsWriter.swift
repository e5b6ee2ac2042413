internal import Domain

/// Writes a safetensors file of bf16 tensors, whose names and shapes are known before their bytes:
/// first the header, then the bytes of one tensor after the other.
struct SafetensorsWriter {
    struct Tensor: Hashable {
        var name: String
        var shape: [Int]

        var elementCount: Int { shape.reduce(1, *) }
    }

    private let file: OutputFile
    private var missing: Int

    init(creating path: String, tensors: [Tensor]) throws(ModelWriteError) {
        file = try OutputFile(creating: path)
        missing = tensors.reduce(0) { $0 + $1.elementCount } * ElementType.bf16.size
        var header = Self.header(tensors).bytes
        // Readers map the file and want the data aligned.
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        let length = UInt64(header.count).littleEndian
        try file.append(withUnsafeBytes(of: length) { Array($0) })
        try file.append(header)
    }

    private static func header(_ tensors: [Tensor]) -> JSON {
        var object: JSONObject = ["__metadata__": ["format": "pt"]]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.elementCount * ElementType.bf16.size
            object[tensor.name] = [
                "dtype": .string(ElementType.bf16.rawValue),
                "shape": .array(tensor.shape.map { .int($0) }),
                "data_offsets": [.int(offset), .int(end)],
            ]
            offset = end
        }
        return .object(object)
    }

    /// The next elements, as bits, in the order of the tensors.
    mutating func append(_ elements: ArraySlice<UInt16>) throws(ModelWriteError) {
        try elements.span.bytes.withUnsafeBytes { bytes throws(ModelWriteError) in
            try file.append(bytes)
        }
        missing -= elements.count * ElementType.bf16.size
    }

    /// All tensors must have been written in full.
    func finish() throws(ModelWriteError) {
        precondition(missing == 0, "\(missing) bytes of tensors are missing")
        try file.finish()
    }
}
