internal import Domain

/// The tensors of a model by name, in one file or in many with an index.
package final class Checkpoint {
    private enum Layout {
        case single(SafetensorsFile)
        /// Tensor name → position in the list of files.
        case sharded([SafetensorsFile], [String: Int])
    }

    private let layout: Layout

    private static let mostFiles = 4096

    /// Opens `model.safetensors`, or the files that `model.safetensors.index.json` names.
    package init(_ directory: ModelDirectory) throws(ModelFileError) {
        if directory.contains(ModelDirectory.index) {
            layout = try Self.openShards(directory)
        } else if directory.contains(ModelDirectory.weights) {
            layout = .single(try SafetensorsFile(ModelDirectory.weights, in: directory))
        } else {
            throw .unreadable(
                file: directory.path,
                reason: "expected \(ModelDirectory.weights) or \(ModelDirectory.index) in it")
        }
    }

    private static func openShards(_ directory: ModelDirectory) throws(ModelFileError) -> Layout {
        let index = ModelDirectory.index
        guard let map = try directory.json(index)["weight_map"]?.objectValue else {
            throw .field(file: index, key: "weight_map", problem: "is missing or not an object")
        }
        var files: [SafetensorsFile] = []
        var positions: [String: Int] = [:]
        var fileOfTensor: [String: Int] = [:]
        for (tensor, value) in map.members {
            guard let name = value.stringValue, isPlainName(name) else {
                throw .field(
                    file: index, key: tensor, problem: "should name a .safetensors file beside it")
            }
            if positions[name] == nil {
                guard files.count < mostFiles else {
                    throw .malformed(file: index, problem: "names more than \(mostFiles) files")
                }
                positions[name] = files.count
                files.append(try SafetensorsFile(name, in: directory))
            }
            fileOfTensor[tensor] = positions[name]
        }
        return .sharded(files, fileOfTensor)
    }

    /// An index must not lead out of its directory.
    private static func isPlainName(_ name: String) -> Bool {
        name.utf8.count <= 255 && name.hasSuffix(".safetensors")
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }
}

extension Checkpoint {
    /// The tensor, valid while the checkpoint lives, if it is there with exactly `shape`.
    package func tensor(_ name: String, shape: [Int]) throws(ModelFileError) -> TensorView {
        switch layout {
        case .single(let file):
            return try file.tensor(name, shape: shape)
        case .sharded(let files, let fileOfTensor):
            guard let position = fileOfTensor[name] else {
                throw .tensor(
                    file: ModelDirectory.index, name: name,
                    problem: "is missing, expected shape \(shape)")
            }
            return try files[position].tensor(name, shape: shape)
        }
    }

    package func contains(_ name: String) -> Bool {
        switch layout {
        case .single(let file): file.contains(name)
        case .sharded(_, let fileOfTensor): fileOfTensor[name] != nil
        }
    }
}
