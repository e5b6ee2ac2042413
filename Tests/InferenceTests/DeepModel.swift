import Domain
import Foundation
import Synchronization

@testable import Inference

/// A model of six layers with weights by chance, deep enough to be cut and dropped in many ways,
/// and of odd sizes, so that tensors have gaps between them and blocks lie across pages.
/// Its files live as long as it does.
final class DeepModel {
    /// What a test asks for.
    struct Kind: Hashable, CustomStringConvertible, Sendable {
        var type = ComputeType.f32
        var tied = false
        var blockSize: TokenCount = 16
        var description: String {
            "\(type)\(tied ? ", tied" : ""), blocks of \(blockSize)"
        }

        static let all = [
            Kind(), Kind(tied: true), Kind(type: .bf16, blockSize: 48), Kind(blockSize: 80),
        ]
    }

    let kind: Kind
    let configuration: ModelConfiguration
    let directory: ModelDirectory

    init(_ kind: Kind) throws {
        self.kind = kind
        let folder = Self.folder()
        directory = ModelDirectory(path: folder.path())
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, data) in try Self.files(tied: kind.tied) {
            try data.write(to: folder.appending(path: name))
        }
        configuration = try ModelConfiguration(directory)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory.path)
    }

    private static func folder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "kunserve-\(UUID().uuidString)")
    }

    private static let known = Mutex<[Bool: [String: Data]]>([:])

    /// By name; made once.
    private static func files(tied: Bool) throws -> [String: Data] {
        try known.withLock { known in
            if let files = known[tied] { return files }
            var model = RandomModel(
                hiddenSize: 72, intermediateSize: 160, layerCount: 6, headCount: 4,
                keyValueHeadCount: 2, vocabularySize: 160)
            model.architecture = tied ? .qwen2 : .qwen3
            model.tiedEmbeddings = tied
            let folder = folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            try model.write(to: ModelDirectory(path: folder.path()))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            let files = try names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) }
            let byName = Dictionary(uniqueKeysWithValues: files)
            known[tied] = byName
            return byName
        }
    }

    /// An executor with room for about as much KV as weights.
    func executor(mapping: PagePool.Mapping = .init()) throws -> CPUStageExecutor {
        var options = ExecutorOptions(budget: .mebibytes(kind.type == .f32 ? 5 : 3))
        options.computeType = kind.type
        options.maxBatchedTokens = 96
        options.blockSize = kind.blockSize
        options.threads = 1
        return try CPUStageExecutor(
            configuration, checkpoint: Checkpoint(directory),
            stage: .whole(layerCount: configuration.layerCount), options: options,
            mapping: mapping)
    }

    /// A prompt of three blocks or more.
    static let tokens = (0..<170).map { TokenID(UInt32(($0 * 37 + 11) % 160)) }
}
