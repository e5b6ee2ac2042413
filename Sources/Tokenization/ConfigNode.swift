internal import Domain

/// One value of the file together with its place, so that every complaint can name it.
struct ConfigNode {
    let json: JSON
    let path: String
    let source: String

    func error(_ message: String) -> TokenizerError {
        TokenizerError(source: source, path: path, message: message)
    }

    /// The member `key`; `nil` if it is missing or null.
    func optional(_ key: String) -> ConfigNode? {
        guard let value = json[key], !value.isNull else { return nil }
        return ConfigNode(json: value, path: "\(path).\(key)", source: source)
    }

    func member(_ key: String) throws(TokenizerError) -> ConfigNode {
        guard json.objectValue != nil else { throw error("expected an object") }
        guard let node = optional(key) else { throw error("expected a member '\(key)'") }
        return node
    }

    func string() throws(TokenizerError) -> String {
        guard let value = json.stringValue else { throw error("expected a string") }
        return value
    }

    func bool() throws(TokenizerError) -> Bool {
        guard let value = json.boolValue else { throw error("expected true or false") }
        return value
    }

    /// A count that a hostile file cannot make large.
    func count() throws(TokenizerError) -> Int {
        guard let value = json.intValue, (0...Self.countLimit).contains(value) else {
            throw error("expected an integer from 0 to \(Self.countLimit)")
        }
        return value
    }

    func elements() throws(TokenizerError) -> [ConfigNode] {
        guard let values = json.arrayValue else { throw error("expected an array") }
        return values.enumerated().map { index, value in
            ConfigNode(json: value, path: "\(path)[\(index)]", source: source)
        }
    }

    func members() throws(TokenizerError) -> [(key: String, node: ConfigNode)] {
        guard let object = json.objectValue else { throw error("expected an object") }
        return object.members.map { key, value in
            (key, ConfigNode(json: value, path: "\(path).\(key)", source: source))
        }
    }

    /// A token id within `TokenTable.idLimit`.
    func tokenID() throws(TokenizerError) -> UInt32 {
        guard let id = Self.tokenID(json) else { throw error(Self.tokenIDExpectation) }
        return id
    }

    static func tokenID(_ json: JSON) -> UInt32? {
        guard let value = json.intValue, (0..<TokenTable.idLimit).contains(value) else {
            return nil
        }
        return UInt32(value)
    }

    static let tokenIDExpectation = "expected a token id from 0 to \(TokenTable.idLimit - 1)"

    /// The member `key`, which may be missing, to name it in an error.
    func element(_ key: String) -> ConfigNode {
        ConfigNode(json: json[key] ?? .null, path: "\(path)['\(key)']", source: source)
    }

    /// A string of exactly one Unicode scalar.
    func scalar() throws(TokenizerError) -> Unicode.Scalar {
        let scalars = try string().unicodeScalars
        guard let first = scalars.first, scalars.count == 1 else {
            throw error("expected a string of one character")
        }
        return first
    }

    private static let countLimit = 1 << 20
}

extension ConfigNode {
    func bool(_ key: String, default fallback: Bool) throws(TokenizerError) -> Bool {
        guard let node = optional(key) else { return fallback }
        return try node.bool()
    }

    func string(_ key: String) throws(TokenizerError) -> String { try member(key).string() }

    /// The `type` that selects a normalizer, pre-tokenizer, post-processor or decoder.
    func type() throws(TokenizerError) -> String { try string("type") }

    /// The parts of a `Sequence`, at most `Self.nestingLimit` deep and `Self.partLimit` long.
    func parts(_ key: String, depth: Int) throws(TokenizerError) -> [ConfigNode] {
        guard depth < Self.nestingLimit else {
            throw error("nested deeper than \(Self.nestingLimit)")
        }
        let parts = try member(key).elements()
        guard parts.count <= Self.partLimit else {
            throw error("expected at most \(Self.partLimit) parts")
        }
        return parts
    }

    private static let nestingLimit = 16
    private static let partLimit = 256
}
