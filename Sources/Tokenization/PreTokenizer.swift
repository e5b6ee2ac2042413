/// What becomes of the matches of a split.
enum SplitBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
}

/// When `Metaspace` puts its replacement in front.
enum PrependScheme: String, Sendable {
    case always
    case first
    case never
}

/// One step of cutting a text into pieces. A `Sequence` is a list of steps.
enum PreTokenizer: Sendable {
    case split(Matcher, SplitBehavior, isInverse: Bool)
    /// A space in front of each piece that has none.
    case prefixSpace
    /// Each byte by its stand-in. As the last step it is left to the model, which then takes
    /// bytes.
    case byteAlphabet
    case metaspace(Metaspace)

    struct Metaspace: Sendable {
        var replacement: [UInt8]
        var scheme: PrependScheme
        var splits: Bool
    }

    func apply(to text: inout PieceText) {
        switch self {
        case .split(let matcher, let behavior, let isInverse):
            text.split(by: matcher, behavior, isInverse: isInverse)
        case .prefixSpace:
            text.rewrite { bytes, piece, _, output in
                if bytes[piece.lowerBound] != 0x20 { output.append(0x20) }
                output.append(contentsOf: bytes[piece])
            }
        case .byteAlphabet:
            text.rewrite { bytes, piece, _, output in
                ByteAlphabet.encode(bytes[piece], into: &output)
            }
        case .metaspace(let metaspace): metaspace.apply(to: &text)
        }
    }
}

extension PreTokenizer.Metaspace {
    func apply(to text: inout PieceText) {
        text.rewrite { bytes, piece, isFirst, output in
            let start = output.count
            for byte in bytes[piece] {
                if byte == 0x20 {
                    output.append(contentsOf: replacement)
                } else {
                    output.append(byte)
                }
            }
            let prepends = scheme == .always || scheme == .first && isFirst
            if prepends, !output.matches(replacement, at: start, before: output.count) {
                output.insert(contentsOf: replacement, at: start)
            }
        }
        if splits {
            text.split(by: .literal(replacement), .mergedWithNext, isInverse: false)
        }
    }
}
