internal import Domain
internal import Tokenization

/// A tokenizer made in the test: `merges` over the characters of `alphabet`.
struct SmallTokenizer {
    var alphabet = "abcdefghijklmnopqrstuvwxyz ▁_.,<>/|"
    var merges: [(String, String)] = []
    var model: [(String, JSON)] = []
    var parts: [(String, JSON)] = []

    var json: JSON {
        var vocabulary = JSONObject()
        vocabulary["<unk>"] = 0
        for scalar in alphabet.unicodeScalars {
            vocabulary[String(Character(scalar))] = .int(vocabulary.count)
        }
        for (left, right) in merges where vocabulary[left + right] == nil {
            vocabulary[left + right] = .int(vocabulary.count)
        }
        var model: JSONObject = ["type": "BPE", "unk_token": "<unk>"]
        model["vocab"] = .object(vocabulary)
        model["merges"] = .array(merges.map { .array([.string($0), .string($1)]) })
        for (key, value) in self.model { model[key] = value }
        var root: JSONObject = ["version": "1.0", "model": .object(model)]
        for (key, value) in parts { root[key] = value }
        return .object(root)
    }

    func make() throws -> Tokenizer {
        try Tokenizer(json: json, source: "small")
    }

    /// The vocabulary strings of the tokens of `text`.
    func tokens(_ text: String) throws -> [String] {
        let tokenizer = try make()
        return tokenizer.encode(text).map { tokenizer.token(for: $0) ?? "?" }
    }

    /// Ids of added tokens must be new; these begin after the alphabet and the merges.
    static func added(_ content: String, _ id: Int, _ flags: String...) -> JSON {
        var token: JSONObject = ["id": .int(id), "content": .string(content)]
        for flag in ["single_word", "lstrip", "rstrip", "normalized", "special"] {
            token[flag] = .bool(flags.contains(flag))
        }
        return .object(token)
    }
}
