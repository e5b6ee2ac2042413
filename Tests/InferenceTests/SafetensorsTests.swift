import Domain
import Foundation
import Testing

@testable import Inference

/// Reading checkpoints: what is sound is read, and what is not is one clear error.
struct SafetensorsTests {
    /// A file of `header`, padded with `data` zeros.
    static func file(_ header: String, data: Int) -> [UInt8] {
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        bytes += header.utf8
        return bytes + [UInt8](repeating: 0, count: data)
    }

    func problem(_ bytes: [UInt8]) -> String? {
        do {
            _ = try bytes.withUnsafeBytes { bytes throws(ModelFileError) in
                try SafetensorsHeader("m", bytes: bytes)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, nil),
        (#"{"__metadata__":{"x":1},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#, nil),
        (#"{"a":{"dtype":"F99","shape":[2,3],"data_offsets":[0,1]}}"#, nil),
        (#"[]"#, "m: header is not a JSON object"),
        (#"{"a":}"#, "m: header is invalid JSON at byte 5: expected a value"),
        (#"{"a":1}"#, #"m: tensor "a" has no dtype"#),
        (
            #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
            #"m: tensor "a" has a shape with something else than sizes"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#,
            #"m: tensor "a" has no shape of at most 8 dimensions"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}"#,
            #"m: tensor "a" has no data_offsets of the form [start, end]"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}"#,
            #"m: tensor "a" ends at byte 32 of the data, which has 24 bytes (truncated file?)"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}"#,
            #"m: tensor "a" has 12 bytes, expected 8 for F32 of shape [2]"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}}"#,
            #"m: tensor "a" has a shape too large for any file"#
        ),
        (
            #"""
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
            "b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}
            """#,
            #"m: tensor "b" overlaps tensor "a""#
        ),
    ])
    func headers(header: String, expected: String?) {
        #expect(problem(Self.file(header, data: 24)) == expected)
    }

    @Test func shortFiles() {
        #expect(problem([]) == "m: is 0 bytes long, expected a safetensors header")
        #expect(problem([1, 2, 3])?.contains("3 bytes") == true)
        let long = [UInt8](repeating: 0xFF, count: 20)
        #expect(problem(long)?.contains("expected at most 12") == true)
    }

    @Test(arguments: Fixture.names)
    func fixturesHaveEveryTensor(name: String) throws {
        let fixture = try Fixture(name)
        let checkpoint = try Checkpoint(fixture.directory)
        let stage = StageRange.whole(layerCount: fixture.configuration.layerCount)
        let layout = StageLayout(fixture.configuration, stage: stage, type: .bf16)
        for unit in stage.units {
            for tensor in try #require(layout.unit(unit)).tensors {
                #expect(checkpoint.contains(tensor.name))
                _ = try checkpoint.tensor(tensor.name, shape: tensor.shape)
            }
        }
    }

    @Test func wrongShapesAndMissingTensorsAreNamed() throws {
        let single = try Checkpoint(Fixture("llama2").directory)
        let wrong = #expect(throws: ModelFileError.self) {
            try single.tensor("model.norm.weight", shape: [65])
        }
        #expect(
            wrong?.description
                == #"model.safetensors: tensor "model.norm.weight" has shape [64], expected [65]"#)
        let shards = try Checkpoint(Fixture("sharded").directory)
        let missing = #expect(throws: ModelFileError.self) {
            try shards.tensor("model.layers.9.mlp.up_proj.weight", shape: [96, 64])
        }
        #expect(
            missing?.description
                == #"model.safetensors.index.json: tensor "model.layers.9.mlp.up_proj.weight" "#
                + "is missing, expected shape [96, 64]")
    }
}

/// Directories that are not models.
struct ModelDirectoryTests {
    /// A directory of its own for the time of `body`.
    func withFiles(_ files: [String: [UInt8]], _ body: (ModelDirectory) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kunserve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files {
            try Data(bytes).write(to: folder.appending(path: name))
        }
        try body(ModelDirectory(path: folder.path()))
    }

    func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func nothingThere() throws {
        let nowhere = ModelDirectory(path: "/nonexistent/model")
        #expect(
            problem { _ = try ModelConfiguration(nowhere) }
                == "config.json: cannot be read: No such file or directory")
        #expect(
            problem { _ = try Checkpoint(nowhere) }
                == "/nonexistent/model: cannot be read: expected model.safetensors or "
                + "model.safetensors.index.json in it")
        #expect(try GenerationDefaults(nowhere) == GenerationDefaults())
    }

    @Test func indexesThatLeadAstray() throws {
        let index = ModelDirectory.index
        func problem(_ json: String) throws -> String {
            var answer = ""
            try withFiles([index: Array(json.utf8)]) { directory in
                answer = self.problem { _ = try Checkpoint(directory) }
            }
            return answer
        }
        #expect(try problem("{") == "\(index): invalid JSON at byte 1: expected a key")
        #expect(try problem("[]") == "\(index): \"weight_map\" is missing or not an object")
        #expect(
            try problem(#"{"weight_map":{"a":"../x.safetensors"}}"#)
                == "\(index): \"a\" should name a .safetensors file beside it")
        #expect(
            try problem(#"{"weight_map":{"a":"x.safetensors"}}"#)
                == "x.safetensors: cannot be read: No such file or directory")
    }

    @Test func directoriesInPlaceOfFiles() throws {
        try withFiles([:]) { directory in
            try FileManager.default.createDirectory(
                atPath: directory.path(of: "config.json"), withIntermediateDirectories: true)
            #expect(problem { _ = try ModelConfiguration(directory) }.contains("cannot be read"))
        }
    }

    @Test func truncatedWeightsAreOneError() throws {
        let fixture = try Fixture("llama2")
        let whole = try Data(
            contentsOf: URL(filePath: fixture.directory.path(of: ModelDirectory.weights)))
        for length in [0, 7, 8, 100, 5000, whole.count / 2, whole.count - 1] {
            try withFiles([ModelDirectory.weights: Array(whole.prefix(length))]) { directory in
                #expect(throws: ModelFileError.self) { try Checkpoint(directory) }
            }
        }
    }

    @Test func wrongWeightsFailBeforeAnythingIsLoaded() throws {
        let fixture = try Fixture("llama2")
        var configuration = fixture.configuration
        configuration.intermediateSize = 98
        var heard = 0
        let error = problem {
            var options = ExecutorOptions(budget: .mebibytes(16))
            options.maxBatchedTokens = 16
            _ = try CPUStageExecutor(
                configuration, checkpoint: Checkpoint(fixture.directory),
                stage: .whole(layerCount: 2), options: options
            ) { _, _ in heard += 1 }
        }
        #expect(
            error == #"model.safetensors: tensor "model.layers.0.mlp.gate_proj.weight" has "#
                + "shape [96, 64], expected [98, 64]")
        #expect(heard == 0)
    }
}
