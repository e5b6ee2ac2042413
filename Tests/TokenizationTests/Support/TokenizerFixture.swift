internal import Domain
internal import FoundationEssentials
internal import Testing
internal import Tokenization

/// One folder of `Fixtures`: a tokenizer and what the reference computes with it.
struct TokenizerFixture {
    static let kinds = ["gpt2", "llama3", "qwen2", "llama2", "mistral", "deepseek", "unusual"]

    let tokenizer: Tokenizer
    let vectors: JSON

    init(_ kind: String) throws {
        tokenizer = try Tokenizer(json: Self.read("\(kind)/tokenizer.json"), source: kind)
        vectors = try Self.read("\(kind)/vectors.json")
    }

    static func read(_ path: String) throws -> JSON {
        let folder = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
        let file = "/\(folder)/Fixtures/\(path)"
        let data = try #require(FileManager.default.contents(atPath: file), "no file \(file)")
        return try JSON.parse(Array(data))
    }
}

extension JSON {
    /// The member as an array of token ids.
    func ids(_ key: String) throws -> [TokenID] {
        try #require(self[key]?.arrayValue).map { TokenID(UInt32(try #require($0.intValue))) }
    }

    func text(_ key: String) throws -> String { try #require(self[key]?.stringValue) }
}

/// Texts compared byte by byte: `==` of `String` takes different spellings of é for equal.
func expectSame(
    _ actual: String, _ expected: String, _ comment: Comment,
    at location: SourceLocation = #_sourceLocation
) {
    #expect(Array(actual.utf8) == Array(expected.utf8), comment, sourceLocation: location)
}
