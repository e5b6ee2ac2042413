/// Reads the `pre_tokenizer` of a file.
enum PreTokenizerLoader {
    static func load(_ node: ConfigNode?) throws(TokenizerError) -> [PreTokenizer] {
        guard let node else { return [] }
        return try load(node, depth: 0)
    }

    private static func load(
        _ node: ConfigNode, depth: Int
    ) throws(TokenizerError) -> [PreTokenizer] {
        switch try node.type() {
        case "Sequence":
            var steps: [PreTokenizer] = []
            for part in try node.parts("pretokenizers", depth: depth) {
                steps += try load(part, depth: depth + 1)
            }
            return steps
        case "ByteLevel": return try loadByteLevel(node)
        case "Split": return [try loadSplit(node)]
        case "Metaspace": return [.metaspace(try loadMetaspace(node))]
        case "Digits":
            let isIndividual = try node.bool("individual_digits", default: false)
            return [
                .split(.scalars(.numeric), isIndividual ? .isolated : .contiguous, isInverse: false)
            ]
        case "Punctuation":
            let behavior = try node.optional("behavior").map(behavior) ?? .isolated
            return [.split(.scalars(.punctuation), behavior, isInverse: false)]
        case "Whitespace": return [.split(.wordsAndSymbols, .removed, isInverse: true)]
        case "WhitespaceSplit": return [.split(.scalars(.space), .removed, isInverse: false)]
        case let type:
            throw node.error(
                """
                unsupported pre-tokenizer '\(type)': expected Sequence, ByteLevel, Split, \
                Metaspace, Digits, Punctuation, Whitespace or WhitespaceSplit
                """)
        }
    }

    private static func loadByteLevel(_ node: ConfigNode) throws(TokenizerError) -> [PreTokenizer] {
        var steps: [PreTokenizer] = []
        if try node.bool("add_prefix_space", default: true) { steps.append(.prefixSpace) }
        if try node.bool("use_regex", default: true) {
            steps.append(.split(.scanner(.gpt2), .isolated, isInverse: false))
        }
        return steps + [.byteAlphabet]
    }

    private static func loadSplit(_ node: ConfigNode) throws(TokenizerError) -> PreTokenizer {
        .split(
            try MatcherLoader.load(node.member("pattern")),
            try behavior(node.member("behavior")),
            isInverse: try node.bool("invert", default: false))
    }

    private static func behavior(_ node: ConfigNode) throws(TokenizerError) -> SplitBehavior {
        guard let behavior = SplitBehavior(rawValue: try node.string()) else {
            throw node.error(
                """
                expected Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous
                """)
        }
        return behavior
    }

    private static func loadMetaspace(
        _ node: ConfigNode
    ) throws(TokenizerError) -> PreTokenizer.Metaspace {
        let scalar = try node.member("replacement").scalar()
        return PreTokenizer.Metaspace(
            replacement: Array(String(Character(scalar)).utf8),
            scheme: try prependScheme(node),
            splits: try node.bool("split", default: true))
    }

    /// The scheme of a `Metaspace` pre-tokenizer or decoder; older files say `add_prefix_space`.
    static func prependScheme(_ node: ConfigNode) throws(TokenizerError) -> PrependScheme {
        let adds = try node.bool("add_prefix_space", default: true)
        guard let member = node.optional("prepend_scheme") else { return adds ? .always : .never }
        guard let scheme = PrependScheme(rawValue: try member.string()) else {
            throw member.error("expected always, first or never")
        }
        guard adds || scheme == .never else {
            throw member.error("expected never, because add_prefix_space is false")
        }
        return scheme
    }
}
