import Domain
import Foundation
import Testing

@testable import Inference

/// Models made up on the spot: of the size asked for, and like any other to the engine.
struct RandomModelTests {
    private static let demo = ModelDirectory(
        path: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Models/demo").path())

    /// Runs with a directory that does not exist yet and is gone afterwards.
    private func withDirectory(_ body: (ModelDirectory) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kunserve-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(ModelDirectory(path: folder.appending(path: "a/b").path()))
    }

    private func tiny(_ architecture: Architecture = .llama) throws -> RandomModel {
        var size = RandomModelSize(vocabularySize: 2048)
        size.architecture = architecture
        size.hiddenSize = 64
        size.layerCount = 2
        size.headCount = 4
        return try size.model()
    }

    private func tokens(of directory: ModelDirectory) throws -> [TokenID] {
        var options = ExecutorOptions(budget: .mebibytes(24))
        options.maxBatchedTokens = 32
        options.threads = 1
        let model = try ModelConfiguration(directory)
        let executor = try CPUStageExecutor(
            model, checkpoint: Checkpoint(directory),
            stage: .whole(layerCount: model.layerCount), options: options)
        var sequence: [TokenID] = [1, 7, 30]
        for _ in 0..<5 {
            var step = Step(id: StepID(0), group: GroupID(0))
            step.tokens = sequence
            step.blocks = [BlockID(0)]
            step.entries = [
                StepEntry(
                    sequence: SequenceID(0), firstPosition: 0, tokens: 0..<sequence.count,
                    blocks: 0..<1, output: StepOutput(sample: true, promptLogprobs: false))
            ]
            try executor.run(
                step, stage: 0, range: .whole(layerCount: model.layerCount), input: nil
            ) { output in
                guard case .logits(let rows) = output else { return }
                let areFinite = rows[0].allSatisfy { $0.isFinite }
                #expect(areFinite)
                sequence.append(argmax(Array(rows[0])))
            }
        }
        return sequence
    }

    @Test(arguments: Architecture.allCases)
    func aWrittenModelLoadsAndGenerates(architecture: Architecture) throws {
        try withDirectory { directory in
            let model = try tiny(architecture)
            #expect(try model.write(to: directory, tokenizer: Self.demo))
            #expect(try tokens(of: directory).count == 8)
            let configuration = try ModelConfiguration(directory)
            #expect(configuration.endTokens == [2, 0])
            #expect(configuration.windows == [nil, nil])
            #expect(try GenerationDefaults(directory).endTokens == [2, 0])
            #expect(directory.contains("tokenizer.json"))
            #expect(try weightBytes(of: directory) == 2 * model.parameterCount)
        }
    }

    /// Bytes behind the header.
    private func weightBytes(of directory: ModelDirectory) throws -> Int {
        let file = try Data(contentsOf: URL(filePath: directory.path(of: ModelDirectory.weights)))
        let header = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(header % 8 == 0)
        return file.count - 8 - header
    }

    @Test func weightsHaveASaneScale() throws {
        try withDirectory { directory in
            try tiny().write(to: directory)
            let checkpoint = try Checkpoint(directory)
            let view = try checkpoint.tensor("model.embed_tokens.weight", shape: [2048, 64])
            let values = (0..<2048 * 64).map { index in
                let bits = view.bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                return Double(Float(bitPattern: UInt32(bits) << 16))
            }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            #expect(abs(mean) < 0.001)
            #expect(abs(variance.squareRoot() - 0.7 / 8) < 0.001)
        }
    }

    @Test(
        arguments: [
            (1_000_000, 2048), (10_000_000, 2048), (100_000_000, 2048), (500_000_000, 151_936),
            (1_100_000_000, 32000), (7_000_000_000, 32000), (70_000_000_000, 128_256),
        ], [false, true])
    func sizesAreMetWithinThreePerCent(wish: (parameters: Int, vocabulary: Int), tied: Bool) throws
    {
        var size = RandomModelSize(vocabularySize: wish.vocabulary)
        size.parameters = wish.parameters
        size.tiedEmbeddings = tied
        let model = try size.model()
        let ratio = Double(model.parameterCount) / Double(wish.parameters)
        #expect(abs(ratio - 1) <= 0.03)
        #expect(model.hiddenSize % 64 == 0 && model.intermediateSize % 64 == 0)
        #expect(
            (2...4).contains(model.layerCount * 300 / model.hiddenSize) || model.layerCount < 80)
    }

    @Test func wishesAreKept() throws {
        var size = RandomModelSize(vocabularySize: 2048)
        size.parameters = 30_000_000
        size.layerCount = 10
        size.headCount = 6
        size.keyValueHeadCount = 2
        let model = try size.model()
        #expect(model.layerCount == 10 && model.headCount == 6 && model.keyValueHeadCount == 2)
        #expect(model.hiddenSize % 12 == 0)
    }

    @Test func whatCannotBeIsSaid() throws {
        var size = RandomModelSize(vocabularySize: 151_936)
        #expect(throws: ModelWriteError.self) { try size.model() }
        size.parameters = 1_000_000
        let error = #expect(throws: ModelWriteError.self) { try size.model() }
        #expect(error?.problem.hasPrefix("no shape has 1000000 parameters within 3 %") == true)
        size.parameters = nil
        size.layerCount = 1
        size.hiddenSize = 65
        size.headCount = 4
        #expect(throws: ModelWriteError.self) { try size.model() }
    }

    @Test func nothingIsOverwritten() throws {
        try withDirectory { directory in
            try tiny().write(to: directory)
            let error = #expect(throws: ModelWriteError.self) { try tiny().write(to: directory) }
            #expect(error?.problem == "is not empty; expected a new directory")
        }
        let error = #expect(throws: ModelWriteError.self) {
            try tiny().write(to: ModelDirectory(path: "/dev/null/x"))
        }
        #expect(error?.path == "/dev/null/x")
    }

    @Test func aTokenizerOfAnotherSizeIsNotCopied() throws {
        try withDirectory { directory in
            var model = try tiny()
            model.vocabularySize = 500
            #expect(try model.write(to: directory, tokenizer: Self.demo) == false)
            #expect(!directory.contains("tokenizer.json"))
            #expect(try ModelConfiguration(directory).endTokens == [])
        }
    }

    @Test func equalSeedsGiveEqualFiles() throws {
        try withDirectory { first in
            try withDirectory { second in
                try withDirectory { third in
                    var model = try tiny()
                    try model.write(to: first)
                    try model.write(to: second)
                    model.seed = 1
                    try model.write(to: third)
                    let bytes = try [first, second, third].map {
                        try Data(contentsOf: URL(filePath: $0.path(of: ModelDirectory.weights)))
                    }
                    #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
                }
            }
        }
    }
}
