internal import Domain
import TestSupport
internal import Testing
internal import Tokenization

/// Broken files are refused or work; nothing traps.
@Suite("Fuzzed tokenizer.json")
struct LoadFuzzTests {
    /// A fixture cut down to a few tokens, so that a mutation hits something that matters.
    private static func shrunk(_ kind: String) throws -> JSON {
        let json = try TokenizerFixture.read("\(kind)/tokenizer.json")
        var root = try #require(json.objectValue)
        var model = try #require(root["model"]?.objectValue)
        var vocabulary = JSONObject()
        for (token, id) in try #require(model["vocab"]?.objectValue).members.prefix(280) {
            vocabulary[token] = id
        }
        let merges = try #require(model["merges"]?.arrayValue).prefix(400).filter { merge in
            let parts =
                merge.arrayValue?.compactMap(\.stringValue)
                ?? merge.stringValue?.split(separator: " ").map(String.init) ?? []
            return vocabulary[parts.joined()] != nil && parts.allSatisfy { vocabulary[$0] != nil }
        }
        model["vocab"] = .object(vocabulary)
        model["merges"] = .array(Array(merges.prefix(20)))
        root["model"] = .object(model)
        return .object(root)
    }

    private static let texts = [
        "", "Hello, wörld  12\n", "<|endoftext|> 你好\u{301}🙂 '’s", "\u{0}\u{FFFF}",
    ]

    @Test("mutated values", arguments: TokenizerFixture.kinds, 1...4 as ClosedRange<UInt64>)
    func mutated(kind: String, seed: UInt64) throws {
        let json = try Self.shrunk(kind)
        _ = try Tokenizer(json: json, source: kind)
        var random = SplitMix64(seed: seed)
        var accepted = 0
        for _ in 0..<60 {
            var mutant = json
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                mutant = JSONMutator.mutate(mutant, using: &random)
            }
            guard let tokenizer = try? Tokenizer(json: mutant, source: kind) else { continue }
            accepted += 1
            for text in Self.texts {
                let ids = tokenizer.encode(text)
                _ = tokenizer.decode(ids, skipSpecialTokens: false)
                for id in ids { _ = (tokenizer.bytes(of: id), tokenizer.token(for: id)) }
            }
            _ = tokenizer.decode(
                (0..<50).map { _ in TokenID(UInt32.random(in: 0..<400, using: &random)) })
        }
        #expect(accepted > 0)
    }
}

/// Changes one value somewhere inside a JSON value.
private enum JSONMutator {
    static func mutate(_ json: JSON, using random: inout SplitMix64) -> JSON {
        if Int.random(in: 0..<8, using: &random) == 0 { return replacement(json, using: &random) }
        switch json {
        case .array(var elements) where !elements.isEmpty:
            let index = Int.random(in: 0..<elements.count, using: &random)
            elements[index] = mutate(elements[index], using: &random)
            if Int.random(in: 0..<6, using: &random) == 0 { elements.append(elements[index]) }
            return .array(elements)
        case .object(var object) where object.count > 0:
            guard let key = object.keys.randomElement(using: &random), let value = object[key]
            else { return json }
            object[key] =
                Int.random(in: 0..<8, using: &random) == 0 ? nil : mutate(value, using: &random)
            return .object(object)
        default: return replacement(json, using: &random)
        }
    }

    private static func replacement(_ json: JSON, using random: inout SplitMix64) -> JSON {
        let strings = [
            "", "a", "é", "▁", "Ġ", "<unk>", "Sequence", "BPE", "Split", "Fuse", "ByteLevel",
            "NFKC",
            "(", "(a+)+b", #"\p{L}*"#, "x*", "a b", "\u{0}", "Removed", "MergedWithNext", "first",
        ]
        switch (json, Int.random(in: 0..<4, using: &random)) {
        case (.bool(let value), 0...2): return .bool(!value)
        case (.int(let value), 0...1): return .int(value &+ [1, -1, 256, -3][value & 3])
        case (.string, 0...2): return .string(strings.randomElement(using: &random) ?? "")
        default:
            let values: [JSON] = [
                nil, true, false, 0, 1, -1, 3, 4_194_303, 4_194_304, 1.5, [], [:], "", "▁",
                .int(.max), .int(.min),
            ]
            return values.randomElement(using: &random) ?? nil
        }
    }
}
