/// Reads the `normalizer` of a file.
enum NormalizerLoader {
    static func load(_ node: ConfigNode) throws(TokenizerError) -> Normalizer {
        try load(node, depth: 0)
    }

    private static func load(
        _ node: ConfigNode, depth: Int
    ) throws(TokenizerError) -> Normalizer {
        switch try node.type() {
        case "Sequence":
            var parts: [Normalizer] = []
            for part in try node.parts("normalizers", depth: depth) {
                parts.append(try load(part, depth: depth + 1))
            }
            return .sequence(parts)
        case "NFC": return .normalizationForm(.composed)
        case "NFD": return .normalizationForm(.decomposed)
        case "NFKC": return .normalizationForm(.compatibilityComposed)
        case "NFKD": return .normalizationForm(.compatibilityDecomposed)
        case "Lowercase": return .lowercase
        case "StripAccents": return .stripAccents
        case "ByteLevel": return .byteLevel
        case "Strip":
            return .strip(
                left: try node.member("strip_left").bool(),
                right: try node.member("strip_right").bool())
        case "Prepend": return .prepend(Array(try node.string("prepend").utf8))
        case "Replace":
            return .replace(
                try MatcherLoader.load(node.member("pattern")),
                with: Array(try node.string("content").utf8))
        case let type:
            throw node.error(
                """
                unsupported normalizer '\(type)': expected Sequence, NFC, NFD, NFKC, NFKD, \
                Lowercase, Strip, StripAccents, Prepend, Replace or ByteLevel
                """)
        }
    }
}

/// Reads the pattern of a `Split` or `Replace`: `{"String": …}` or `{"Regex": …}`.
enum MatcherLoader {
    static func load(_ node: ConfigNode) throws(TokenizerError) -> Matcher {
        if let literal = node.optional("String") {
            let text = try literal.string()
            return text.isEmpty ? try pattern("", literal) : .literal(Array(text.utf8))
        }
        guard let expression = node.optional("Regex") else {
            throw node.error("expected a member 'String' or 'Regex'")
        }
        let text = try expression.string()
        if let scanner = SplitScanner(pattern: text) { return .scanner(scanner) }
        return try pattern(text, expression)
    }

    private static func pattern(_ text: String, _ node: ConfigNode) throws(TokenizerError)
        -> Matcher
    {
        do {
            return .pattern(try Pattern(text))
        } catch {
            throw node.error("\(error.message), at character \(error.offset) of the pattern")
        }
    }
}
