internal import Domain

/// The header of a safetensors file: a length (8 bytes, little-endian), JSON of that length, then
/// the tensors' bytes. Everything it says is checked against the length of the file.
struct SafetensorsHeader {
    struct Entry {
        var type: String
        var shape: [Int]
        /// Bytes in the file.
        var bytes: Range<Int>
    }

    private(set) var entries: [String: Entry] = [:]

    private static let longest = 32 << 20
    private static let mostDimensions = 8

    /// `file` is the name that errors carry.
    init(_ file: String, bytes: UnsafeRawBufferPointer) throws(ModelFileError) {
        let json = try Self.parse(file, bytes)
        guard let object = json.json.objectValue else {
            throw .malformed(file: file, problem: "header is not a JSON object")
        }
        entries.reserveCapacity(object.count)
        for member in object.members where member.key != "__metadata__" {
            let tensor = EntryReader(
                file: file, name: member.key, dataStart: json.dataStart, fileSize: bytes.count)
            entries[member.key] = try tensor.read(member.value)
        }
        try checkOverlaps(file)
    }

    private static func parse(
        _ file: String, _ bytes: UnsafeRawBufferPointer
    ) throws(ModelFileError) -> (json: JSON, dataStart: Int) {
        guard bytes.count >= 8 else {
            throw .malformed(
                file: file, problem: "is \(bytes.count) bytes long, expected a safetensors header")
        }
        let written = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard written <= UInt64(min(longest, bytes.count - 8)) else {
            throw .malformed(
                file: file,
                problem: "says its header has \(written) bytes, expected at most "
                    + "\(min(longest, bytes.count - 8)) (truncated, or not a safetensors file)")
        }
        let dataStart = 8 + Int(written)
        do {
            return (try JSON.parse(Array(bytes[8..<dataStart])), dataStart)
        } catch {
            throw .malformed(file: file, problem: "header is \(error)")
        }
    }

    private func checkOverlaps(_ file: String) throws(ModelFileError) {
        let ordered = entries.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
        }
        for (before, after) in zip(ordered, ordered.dropFirst())
        where after.value.bytes.lowerBound < before.value.bytes.upperBound {
            throw .tensor(
                file: file, name: after.key, problem: "overlaps tensor \"\(before.key)\"")
        }
    }
}

extension SafetensorsHeader {
    /// Reads one tensor's entry.
    private struct EntryReader {
        let file: String
        let name: String
        let dataStart: Int
        let fileSize: Int

        func read(_ json: JSON) throws(ModelFileError) -> Entry {
            guard let type = json["dtype"]?.stringValue else { throw problem("has no dtype") }
            let shape = try readShape(json["shape"])
            let bytes = try readBytes(json["data_offsets"])
            if let size = ElementType.size(named: type) {
                try checkSize(type, shape, size: size, bytes: bytes)
            }
            return Entry(type: type, shape: shape, bytes: bytes)
        }

        private func readShape(_ json: JSON?) throws(ModelFileError) -> [Int] {
            guard let numbers = json?.arrayValue, numbers.count <= mostDimensions else {
                throw problem("has no shape of at most \(mostDimensions) dimensions")
            }
            let shape = numbers.compactMap(\.intValue).filter { $0 >= 0 }
            guard shape.count == numbers.count else {
                throw problem("has a shape with something else than sizes")
            }
            return shape
        }

        private func readBytes(_ json: JSON?) throws(ModelFileError) -> Range<Int> {
            let numbers = json?.arrayValue?.compactMap(\.intValue) ?? []
            guard numbers.count == 2, let start = numbers.first, let end = numbers.last,
                start >= 0, start <= end
            else { throw problem("has no data_offsets of the form [start, end]") }
            guard end <= fileSize - dataStart else {
                throw problem(
                    "ends at byte \(end) of the data, which has \(fileSize - dataStart) bytes "
                        + "(truncated file?)")
            }
            return (dataStart + start)..<(dataStart + end)
        }

        private func checkSize(
            _ type: String, _ shape: [Int], size: Int, bytes: Range<Int>
        ) throws(ModelFileError) {
            var expected = size
            for dimension in shape {
                let (product, overflow) = expected.multipliedReportingOverflow(by: dimension)
                guard !overflow else { throw problem("has a shape too large for any file") }
                expected = product
            }
            guard expected == bytes.count else {
                throw problem(
                    "has \(bytes.count) bytes, expected \(expected) for \(type) of shape \(shape)")
            }
        }

        private func problem(_ problem: String) -> ModelFileError {
            .tensor(file: file, name: name, problem: problem)
        }
    }
}
