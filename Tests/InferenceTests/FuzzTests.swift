import Domain
import Foundation
import TestSupport
import Testing

@testable import Inference

/// Hostile model files: thousands of mutations, each of which is read or is one typed error.
/// Nothing traps, and nothing that was accepted overflows later.
struct FuzzTests {
    /// A few bytes changed, put in, taken out or swapped for a word that readers stumble over.
    static func mutate(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        let words = [
            "-1", "0", "9223372036854775807", "1e308", "-0.0", "null", "[]", "{}", "\"", "true",
            "4294967296", "1.5", "NaN", "[[[[", "\\u0000", "18446744073709551616",
        ]
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: place)
            case 3:
                bytes.insert(
                    contentsOf: (words.randomElement(using: &random) ?? "").utf8, at: place)
            default:
                let end = bytes[place...].firstIndex { !(48...57).contains($0) } ?? bytes.count
                bytes.replaceSubrange(
                    place..<end, with: (words.randomElement(using: &random) ?? "").utf8)
            }
        }
        return bytes
    }

    /// A small file, so that a case is fast: one layer's worth of tensors and little data.
    static let safetensors: [UInt8] = SafetensorsTests.file(
        #"{"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4,8],"#
            + #""data_offsets":[0,64]},"b":{"dtype":"F32","shape":[8],"data_offsets":[64,96]},"#
            + #""c":{"dtype":"F16","shape":[2,2,2],"data_offsets":[96,112]}}"#,
        data: 112)

    @Test(arguments: 0..<4)
    func safetensorsHeaders(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var accepted = 0
        for _ in 0..<1500 {
            let bytes = Self.mutate(Self.safetensors, &random)
            bytes.withUnsafeBytes { bytes in
                guard let header = try? SafetensorsHeader("m", bytes: bytes) else { return }
                accepted += 1
                for entry in header.entries.values {
                    #expect(entry.bytes.lowerBound >= 8 && entry.bytes.upperBound <= bytes.count)
                    if let type = ElementType(rawValue: entry.type) {
                        #expect(entry.shape.reduce(type.size, *) == entry.bytes.count)
                    }
                }
            }
        }
        // Mutations of the data are harmless; most of the others are not.
        #expect(accepted > 0 && accepted < 1500)
    }

    @Test(arguments: Fixture.names)
    func configurations(name: String) throws {
        let fixture = try Fixture(name)
        let text = Array(
            try Data(contentsOf: URL(filePath: fixture.directory.path(of: "config.json"))))
        var random = SplitMix64(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
        var accepted = 0
        for _ in 0..<400 {
            let bytes = Self.mutate(text, &random)
            guard let json = try? JSON.parse(bytes),
                let fields = try? FieldReader(file: "config.json", json: json),
                let configuration = try? ModelConfiguration(fields)
            else { continue }
            accepted += 1
            plan(configuration)
        }
        #expect(accepted > 0 && accepted < 400)
    }

    /// Numbers at the bounds must still fit all arithmetic that follows.
    @Test func theLargestModelIsPlanned() throws {
        let object: JSONObject = [
            "architectures": ["Qwen3ForCausalLM"], "vocab_size": .int(1 << 22),
            "hidden_size": .int(1 << 17), "intermediate_size": .int(1 << 20),
            "num_hidden_layers": 1024, "num_attention_heads": 4096, "head_dim": 1024,
            "max_position_embeddings": .int(1 << 24), "attention_bias": true,
        ]
        plan(try ModelConfiguration(FieldReader(file: "config.json", object: object)))
    }

    private func plan(_ configuration: ModelConfiguration) {
        var options = ExecutorOptions(budget: .gibibytes(64))
        options.maxBatchedTokens = 1 << 20
        let stage = StageRange.whole(layerCount: configuration.layerCount)
        let layout = StageLayout(configuration, stage: stage, type: .f32)
        let sizes = WorkspaceLayout(
            configuration, layout: layout, options: options, threads: 1024)
        #expect(sizes.byteCount > 0)
        let plan = try? MemoryPlan(
            configuration, layout: layout, workspace: ByteCount(sizes.byteCount),
            options: options)
        if let plan { #expect(plan.blockCount > 0) }
        #expect(configuration.rotary.frequencies.allSatisfy { $0.isFinite })
    }

    @Test(arguments: 0..<2)
    func generationDefaults(seed: UInt64) {
        let text =
            #"{"eos_token_id":[1,2],"temperature":0.6,"top_k":20,"top_p":0.95,"#
            + #""repetition_penalty":1.05,"min_p":0.1}"#
        var random = SplitMix64(seed: seed)
        for _ in 0..<1000 {
            let bytes = Self.mutate(Array(text.utf8), &random)
            guard let json = try? JSON.parse(bytes),
                let fields = try? FieldReader(file: "g", json: json),
                let defaults = try? GenerationDefaults(fields)
            else { continue }
            #expect(defaults.topK ?? 1 > 0)
        }
    }
}
