/// Reads the `decoder` of a file.
enum DecoderLoader {
    /// How many times longer all replacements together may make a text.
    private static let growthLimit = 4096

    static func load(_ node: ConfigNode?) throws(TokenizerError) -> [DecoderStep] {
        guard let node else { return [.join] }
        let steps = try load(node, depth: 0)
        guard steps.reduce(1, { min($0 * $1.growth, growthLimit + 1) }) <= growthLimit else {
            throw node.error("replacements make the text grow too much")
        }
        return steps
    }

    private static func load(
        _ node: ConfigNode, depth: Int
    ) throws(TokenizerError) -> [DecoderStep] {
        switch try node.type() {
        case "Sequence":
            var steps: [DecoderStep] = []
            for part in try node.parts("decoders", depth: depth) {
                steps += try load(part, depth: depth + 1)
            }
            return steps
        case "ByteLevel": return [.byteLevel]
        case "ByteFallback": return [.byteFallback]
        case "Fuse": return [.fuse]
        case "Replace":
            return [
                .replace(
                    try MatcherLoader.load(node.member("pattern")),
                    with: Array(try node.string("content").utf8))
            ]
        case "Strip":
            return [
                .strip(
                    try node.member("content").scalar().value,
                    start: try node.member("start").count(),
                    stop: try node.member("stop").count())
            ]
        case "Metaspace":
            let replacement = try node.member("replacement").scalar().value
            let scheme = try PreTokenizerLoader.prependScheme(node)
            return [.metaspace(replacement: replacement, dropsFirst: scheme != .never)]
        case let type:
            throw node.error(
                """
                unsupported decoder '\(type)': expected Sequence, ByteLevel, ByteFallback, Fuse, \
                Replace, Strip or Metaspace
                """)
        }
    }
}

extension DecoderStep {
    /// At most how many times longer the step makes a text.
    fileprivate var growth: Int {
        switch self {
        case .replace(.literal(let text), let content):
            max(1, (content.count + text.count - 1) / text.count)
        case .replace(_, let content): content.count + 1
        default: 1
        }
    }
}
