import Domain
import Foundation
import Synchronization

@testable import Inference

/// One model family's tiny checkpoint with the numbers `transformers` computes for it.
struct Fixture: CustomStringConvertible, Sendable {
    static let names = [
        "llama2", "llama3", "llama_linear", "llama_yarn", "llama_mqa", "mistral", "qwen2", "qwen3",
        "sharded",
    ]

    let name: String
    let directory: ModelDirectory
    let configuration: ModelConfiguration
    let prompt: [TokenID]
    /// Positions of the prompt whose logits are `logits`.
    let positions: [Int]
    let logits: [[Float]]
    let greedy: [TokenID]
    /// After the prompt and all of `greedy`.
    let finalLogits: [Float]

    var description: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    private static let known = Mutex<[String: Fixture]>([:])

    /// Reads a family's files once per run.
    init(_ name: String) throws {
        if let known = Self.known.withLock({ $0[name] }) {
            self = known
            return
        }
        try self.init(reading: name)
        let fixture = self
        Self.known.withLock { $0[name] = fixture }
    }

    private init(reading name: String) throws {
        self.name = name
        let folder = Self.folder.appending(path: name)
        directory = ModelDirectory(path: folder.path())
        configuration = try ModelConfiguration(directory)
        let bytes = try Data(contentsOf: folder.appending(path: "golden.json"))
        let golden = try JSON.parse(Array(bytes))
        prompt = Self.tokens(golden["prompt"])
        positions = (golden["logits_positions"]?.arrayValue ?? []).compactMap(\.intValue)
        logits = (golden["logits"]?.arrayValue ?? []).map(Self.floats)
        greedy = Self.tokens(golden["greedy"])
        finalLogits = Self.floats(golden["final_logits"] ?? [])
    }

    private static func tokens(_ json: JSON?) -> [TokenID] {
        (json?.arrayValue ?? []).compactMap(\.intValue).map { TokenID(UInt32($0)) }
    }

    private static func floats(_ json: JSON) -> [Float] {
        (json.arrayValue ?? []).compactMap(\.doubleValue).map { Float($0) }
    }
}

/// max |a − b| / max |b|.
func relativeError(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count, !b.isEmpty else { return .infinity }
    let largest = b.reduce(0) { max($0, abs($1)) }
    let difference = zip(a, b).reduce(Float(0)) {
        let distance = abs($1.0 - $1.1)
        return distance.isNaN ? .infinity : max($0, distance)
    }
    return difference / largest
}
