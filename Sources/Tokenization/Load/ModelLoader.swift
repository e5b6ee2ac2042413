internal import Domain

/// Reads the `model` of a file.
struct ModelLoader {
    private let node: ConfigNode
    /// Whether pieces reach the model as bytes.
    private let takesBytes: Bool

    init(_ node: ConfigNode, takesBytes: Bool) {
        self.node = node
        self.takesBytes = takesBytes
    }

    func load() throws(TokenizerError) -> BytePairModel {
        try checkSupported()
        let vocabulary = try loadVocabulary()
        let (merges, borders) = try loadMerges(vocabulary)
        let fallsBack = try node.bool("byte_fallback", default: false)
        let byteTokens = fallsBack ? ByteTokens(in: vocabulary) : nil
        let takesWhole = try node.bool("ignore_merges", default: false)
        let symbols = symbolTable(vocabulary, byteTokens)
        return BytePairModel(
            vocabulary: vocabulary,
            merges: merges,
            symbols: symbols,
            byteTokens: byteTokens,
            unknownToken: try loadUnknown(vocabulary, symbols),
            fusesUnknown: try node.bool("fuse_unk", default: false),
            wholePieces: takesWhole ? wholePieces(vocabulary) : nil,
            longestToken: vocabulary.longest,
            borders: takesBytes ? nil : borders)
    }

    private func checkSupported() throws(TokenizerError) {
        let type = try node.optional("type").map { node throws(TokenizerError) in
            try node.string()
        }
        guard type ?? "BPE" == "BPE" else {
            throw node.error("unsupported model '\(type ?? "")': expected BPE")
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard let affix = node.optional(key), try !affix.string().isEmpty else { continue }
            throw affix.error("unsupported: expected null or an empty string")
        }
        if let dropout = node.optional("dropout"), dropout.json.doubleValue != 0 {
            throw dropout.error("unsupported: expected null, for ids must not be random")
        }
    }

    private func loadVocabulary() throws(TokenizerError) -> TokenTable {
        let vocabularyNode = try node.member("vocab")
        guard let object = vocabularyNode.json.objectValue else {
            throw vocabularyNode.error("expected an object of tokens and their ids")
        }
        var table = TokenTable(capacity: object.count)
        for (token, value) in object.members {
            guard let id = ConfigNode.tokenID(value) else {
                throw vocabularyNode.element(token).error(ConfigNode.tokenIDExpectation)
            }
            if case .repeatedID(let other) = table.insert(token.utf8, id: id) {
                let name = String(decoding: table.bytes(of: other), as: UTF8.self)
                let element = vocabularyNode.element(token)
                throw element.error("has the id \(id), which is that of '\(name)'")
            }
        }
        return table
    }

    /// `nil` where no text can need an unknown token.
    private func loadUnknown(
        _ vocabulary: TokenTable, _ symbols: SymbolTable
    ) throws(TokenizerError) -> UInt32? {
        guard let unknown = node.optional("unk_token") else { return nil }
        if let id = vocabulary.id(of: Array(try unknown.string().utf8)) { return id }
        guard case .bytes(let table) = symbols, !table.contains(where: \.isUnknown) else {
            throw unknown.error("expected a token of the vocabulary")
        }
        return nil
    }

    private func symbolTable(_ vocabulary: TokenTable, _ byteTokens: ByteTokens?) -> SymbolTable {
        let units = takesBytes ? ByteAlphabet.scalars : Array(0..<0x80)
        let symbols = units.map { scalar in
            var bytes: [UInt8] = []
            bytes.appendUTF8(scalar)
            return BytePairModel.symbol(of: bytes, bytes.indices, vocabulary, byteTokens)
        }
        return takesBytes ? .bytes(symbols) : .scalars(ascii: symbols)
    }

    private func wholePieces(_ vocabulary: TokenTable) -> TokenTable {
        guard takesBytes else { return vocabulary }
        var table = TokenTable(capacity: vocabulary.count)
        for (token, id) in vocabulary.entries {
            if let bytes = ByteAlphabet.decode(token) { _ = table.insert(bytes, id: id) }
        }
        return table
    }
}

extension Symbol {
    fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

// MARK: - Merges

extension ModelLoader {
    private func loadMerges(
        _ vocabulary: TokenTable
    ) throws(TokenizerError) -> (MergeTable, MergeBorders) {
        let mergesNode = try node.member("merges")
        guard let merges = mergesNode.json.arrayValue else {
            throw mergesNode.error("expected an array of merges")
        }
        var table = MergeTable(capacity: merges.count)
        var borders = MergeBorders(capacity: merges.count)
        var rank: UInt32 = 0
        for (index, json) in merges.enumerated() {
            if case .string(let line) = json, line.hasPrefix("#version") { continue }
            let path = { "\(mergesNode.path)[\(index)]" }
            let bytes = try pair(json, path)
            let left = bytes.joined[..<bytes.split]
            let right = bytes.joined[bytes.split...]
            let ids = try ids(of: bytes.joined, bytes.split, vocabulary, path)
            table.set(ids.left, ids.right, MergeTable.Merge(rank: rank, result: ids.result))
            borders.insert(left, right)
            rank += 1
        }
        return (table, borders)
    }

    /// The two strings of a merge, `"a b"` or `["a", "b"]`, joined, and where the second starts.
    private func pair(
        _ json: JSON, _ path: () -> String
    ) throws(TokenizerError) -> (joined: [UInt8], split: Int) {
        if case .array(let parts) = json, parts.count == 2,
            let left = parts[0].stringValue, let right = parts[1].stringValue
        {
            return (Array(left.utf8) + right.utf8, left.utf8.count)
        }
        if case .string(let line) = json {
            var bytes = Array(line.utf8)
            if let split = bytes.firstIndex(of: 0x20) {
                bytes.remove(at: split)
                if !bytes[split...].contains(0x20) { return (bytes, split) }
            }
        }
        throw TokenizerError(
            source: node.source, path: path(),
            message: "expected two tokens, as \"a b\" or [\"a\", \"b\"]")
    }

    private func ids(
        of bytes: [UInt8], _ split: Int, _ vocabulary: TokenTable, _ path: () -> String
    ) throws(TokenizerError) -> (left: UInt32, right: UInt32, result: UInt32) {
        guard let left = vocabulary.id(of: bytes, 0..<split),
            let right = vocabulary.id(of: bytes, split..<bytes.count),
            let result = vocabulary.id(of: bytes)
        else {
            let text =
                String(decoding: bytes[..<split], as: UTF8.self) + "' and '"
                + String(decoding: bytes[split...], as: UTF8.self)
            throw TokenizerError(
                source: node.source, path: path(),
                message: "'\(text)' and what they join to must be in the vocabulary")
        }
        return (left, right, result)
    }
}
