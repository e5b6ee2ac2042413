package import Domain

/// A directory in the Hugging Face layout: where each file of a model lies.
package struct ModelDirectory: Hashable, Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package func path(of file: String) -> String { "\(path)/\(file)" }

    package func contains(_ file: String) -> Bool { Platform.kind(of: path(of: file)) != .missing }

    static let configuration = "config.json"
    static let generation = "generation_config.json"
    static let weights = "model.safetensors"
    static let index = "model.safetensors.index.json"
}

extension ModelDirectory {
    /// No JSON file of a model comes near this; a larger one is a mistake or an attack.
    private static let longestText = 64 << 20

    /// A JSON file of the directory.
    package func json(_ file: String) throws(ModelFileError) -> JSON {
        let bytes = try contents(of: path(of: file), named: file)
        do {
            return try JSON.parse(bytes)
        } catch {
            throw .malformed(file: file, problem: error.description)
        }
    }

    /// A text file beside or outside of the directory.
    package func text(at path: String) throws(ModelFileError) -> String {
        let bytes = try contents(of: path, named: path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(file: path, problem: "is not UTF-8 text")
        }
        return text
    }

    /// - Parameter name: what errors call the file.
    private func contents(
        of path: String, named name: String
    ) throws(ModelFileError) -> [UInt8] {
        let bytes: UnsafeRawBufferPointer
        do {
            bytes = try Platform.mapFile(path)
        } catch {
            throw .unreadable(file: name, reason: error.reason)
        }
        defer { Platform.unmapFile(bytes) }
        guard bytes.count <= Self.longestText else {
            throw .malformed(file: name, problem: "is longer than \(Self.longestText) bytes")
        }
        return Array(bytes)
    }
}
