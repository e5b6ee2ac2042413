/// The split patterns of three model families, recognised by their exact text and written out by
/// hand, an order of magnitude faster than a pattern engine. Every scalar belongs to a match.
enum SplitScanner: Sendable {
    /// GPT-2: contractions, then letters, digits or symbols with at most one space before.
    case gpt2
    /// Llama 3 and Qwen 2, which differ in how many digits stay together.
    case llama3(digits: Int)

    static let gpt2Pattern =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    init?(pattern: String) {
        if pattern == Self.gpt2Pattern {
            self = .gpt2
        } else if pattern == Self.llama3Pattern(#"\p{N}{1,3}"#) {
            self = .llama3(digits: 3)
        } else if pattern == Self.llama3Pattern(#"\p{N}"#) {
            self = .llama3(digits: 1)
        } else {
            return nil
        }
    }

    private static func llama3Pattern(_ digits: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// Calls `body` with the matches, which cover the range. Complexity: O(range.count).
    @inline(__always)
    func forEachMatch(in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        let reader = ScalarReader(bytes: bytes, end: range.upperBound)
        var start = range.lowerBound
        while start < range.upperBound {
            let end =
                switch self {
                case .gpt2: reader.endOfGPT2(from: start)
                case .llama3(let digits): reader.endOfLlama3(from: start, digits: digits)
                }
            body(start..<end)
            start = end
        }
    }
}

/// Where matches end.
private struct ScalarReader {
    let bytes: [UInt8]
    let end: Int
    private let classes = UnicodeClasses.shared

    init(bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
    }

    /// The four kinds of scalars that the patterns tell apart.
    private static let kinds: ScalarClass = [.letter, .number, .space]
    private static let symbol: ScalarClass = []

    /// The kind of the scalar at `index` and where the next one starts; `nil` at the end.
    @inline(__always)
    private func read(_ index: Int) -> (kind: ScalarClass, next: Int)? {
        guard index < end else { return nil }
        let (value, length) = bytes.scalar(at: index)
        return (classes[value].intersection(Self.kinds), index + length)
    }

    @inline(__always)
    private func skip(_ kind: ScalarClass, from start: Int) -> Int {
        var index = start
        while let scalar = read(index), scalar.kind == kind { index = scalar.next }
        return index
    }

    @inline(__always)
    private func isNewline(_ index: Int) -> Bool {
        index < end && (bytes[index] == 0x0A || bytes[index] == 0x0D)
    }

    func endOfGPT2(from start: Int) -> Int {
        if let end = endOfContraction(from: start, ignoringCase: false) { return end }
        guard let first = read(start) else { return start }
        if first.kind != .space { return skip(first.kind, from: first.next) }
        if bytes[start] == 0x20, let second = read(first.next), second.kind != .space {
            return skip(second.kind, from: second.next)
        }
        return endOfSpaces(from: start)
    }

    func endOfLlama3(from start: Int, digits: Int) -> Int {
        if let end = endOfContraction(from: start, ignoringCase: true) { return end }
        guard let first = read(start) else { return start }
        if first.kind == .letter { return skip(.letter, from: first.next) }
        if first.kind == .number { return endOfDigits(from: start, limit: digits) }
        let second = read(first.next)
        if let second, second.kind == .letter, !isNewline(start) {
            return skip(.letter, from: second.next)
        }
        if first.kind == Self.symbol { return endOfSymbols(from: first.next) }
        if bytes[start] == 0x20, let second, second.kind == Self.symbol {
            return endOfSymbols(from: second.next)
        }
        return endOfLines(from: start) ?? endOfSpaces(from: start)
    }

    private func endOfDigits(from start: Int, limit: Int) -> Int {
        var index = start
        var count = 0
        while count < limit, let scalar = read(index), scalar.kind == .number {
            index = scalar.next
            count += 1
        }
        return index
    }

    private func endOfSymbols(from start: Int) -> Int {
        var index = skip(Self.symbol, from: start)
        while isNewline(index) { index += 1 }
        return index
    }

    /// The last newline of the run of spaces; `nil` if it has none.
    private func endOfLines(from start: Int) -> Int? {
        let runEnd = skip(.space, from: start)
        var index = runEnd
        while index > start {
            let last = bytes.scalarStart(before: index)
            if isNewline(last) { return index }
            index = last
        }
        return nil
    }

    /// A run of spaces, without its last one if a word follows and the run has two or more.
    private func endOfSpaces(from start: Int) -> Int {
        let runEnd = skip(.space, from: start)
        guard runEnd < end else { return runEnd }
        let last = bytes.scalarStart(before: runEnd)
        return last > start ? last : runEnd
    }

    /// `'s 't 're 've 'm 'll 'd`. Ignoring case also makes the long s (U+017F) an s.
    private func endOfContraction(from start: Int, ignoringCase: Bool) -> Int? {
        guard bytes[start] == 0x27, start + 1 < end else { return nil }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let first = bytes[start + 1] | fold
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return isLetter(start + 1) ? start + 2 : nil
        case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
            guard isLetter(start + 1), start + 2 < end, isLetter(start + 2) else { return nil }
            let second = first == UInt8(ascii: "l") ? first : UInt8(ascii: "e")
            return bytes[start + 2] | fold == second ? start + 3 : nil
        default:
            let isLongS = ignoringCase && bytes.matches([0xC5, 0xBF], at: start + 1, before: end)
            return isLongS ? start + 3 : nil
        }
    }

    /// Whether the byte is an ASCII letter: setting bit 5 turns some others into letters too.
    private func isLetter(_ index: Int) -> Bool {
        (0x41...0x5A).contains(bytes[index] & 0xDF)
    }
}
