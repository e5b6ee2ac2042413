/// One safetensors file, mapped read-only for as long as this lives.
package final class SafetensorsFile {
    package let name: String
    private let bytes: UnsafeRawBufferPointer
    private let header: SafetensorsHeader

    /// Opens `name` in `directory` and checks its header; no tensor is read.
    package init(_ name: String, in directory: ModelDirectory) throws(ModelFileError) {
        let mapped: UnsafeRawBufferPointer
        do {
            mapped = try Platform.mapFile(directory.path(of: name))
        } catch {
            throw .unreadable(file: name, reason: error.reason)
        }
        do {
            header = try SafetensorsHeader(name, bytes: mapped)
        } catch {
            Platform.unmapFile(mapped)
            throw error
        }
        self.name = name
        bytes = mapped
    }

    deinit { Platform.unmapFile(bytes) }

    package var tensorNames: [String] { header.entries.keys.sorted() }

    package func contains(_ tensor: String) -> Bool { header.entries[tensor] != nil }

    /// The tensor, valid while this file lives, if it has exactly `shape` and floats in it.
    package func tensor(
        _ name: String, shape: [Int]
    ) throws(ModelFileError) -> TensorView {
        guard let entry = header.entries[name] else {
            throw problem(name, "is missing, expected shape \(shape)")
        }
        guard entry.shape == shape else {
            throw problem(name, "has shape \(entry.shape), expected \(shape)")
        }
        guard let type = ElementType(rawValue: entry.type) else {
            throw problem(name, "has type \(entry.type), expected F32, BF16 or F16")
        }
        return TensorView(
            type: type, shape: shape,
            bytes: UnsafeRawBufferPointer(
                rebasing: bytes[entry.bytes]))
    }

    private func problem(_ tensor: String, _ problem: String) -> ModelFileError {
        .tensor(file: name, name: tensor, problem: problem)
    }
}
