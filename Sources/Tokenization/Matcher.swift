/// What a `Split` or a `Replace` looks for.
enum Matcher: Sendable {
    /// One of the patterns that are known by heart.
    case scanner(SplitScanner)
    /// A text that is not empty.
    case literal([UInt8])
    case pattern(Pattern)
    /// Every scalar of a class, each for itself.
    case scalars(ScalarClass)
    /// Runs of word characters and runs of what is neither word nor space.
    case wordsAndSymbols

    /// Calls `body` with the matches in `range` and with what lies between them, in order. The
    /// segments cover the range; a match may be empty, but in an empty range there is none.
    @inline(__always)
    func forEachSegment(
        in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>, Bool) -> Void
    ) {
        guard !range.isEmpty else { return }
        var end = range.lowerBound
        forEachMatch(in: bytes, range) { match in
            if end < match.lowerBound { body(end..<match.lowerBound, false) }
            body(match, true)
            end = match.upperBound
        }
        if end < range.upperBound { body(end..<range.upperBound, false) }
    }

    private func forEachMatch(
        in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        switch self {
        case .scanner(let scanner): scanner.forEachMatch(in: bytes, range, body)
        case .literal(let text): Self.forEachOccurrence(of: text, in: bytes, range, body)
        case .pattern(let pattern): pattern.forEachMatch(in: bytes, range, body)
        case .scalars(let wanted): Self.forEachScalar(of: wanted, in: bytes, range, body)
        case .wordsAndSymbols: Self.forEachRun(in: bytes, range, body)
        }
    }

    private static func forEachOccurrence(
        of text: [UInt8], in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == text[0], bytes.matches(text, at: index, before: range.upperBound) {
                body(index..<index + text.count)
                index += text.count
            } else {
                index += 1
            }
        }
    }

    private static func forEachScalar(
        of wanted: ScalarClass, in bytes: [UInt8], _ range: Range<Int>,
        _ body: (Range<Int>) -> Void
    ) {
        let classes = UnicodeClasses.shared
        var index = range.lowerBound
        while index < range.upperBound {
            let (value, length) = bytes.scalar(at: index)
            if !classes[value].isDisjoint(with: wanted) { body(index..<index + length) }
            index += length
        }
    }

    private static func forEachRun(
        in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        let classes = UnicodeClasses.shared
        let kinds: ScalarClass = [.plainWord, .space]
        var start = range.lowerBound
        var index = range.lowerBound
        var kind: ScalarClass?
        while index < range.upperBound {
            let (value, length) = bytes.scalar(at: index)
            let next = classes[value].intersection(kinds)
            if let kind, kind != next {
                if kind != .space { body(start..<index) }
                start = index
            }
            kind = next
            index += length
        }
        if start < index, kind != .space { body(start..<index) }
    }
}
