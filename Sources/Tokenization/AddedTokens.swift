/// The tokens that are found in the text before it is split, such as `<|im_end|>`.
struct AddedTokens: Sendable {
    struct Entry: Sendable, Hashable {
        var content: String
        var id: UInt32
        /// Left out of decoded text on request.
        var isSpecial: Bool
        /// Only where no word character touches it.
        var isSingleWord: Bool
        /// Takes the white space before it.
        var stripsLeft: Bool
        /// Takes the white space after it.
        var stripsRight: Bool
        /// Looked for in the normalized text instead of the raw one.
        var isNormalized: Bool
    }

    /// A stretch of text: an added token, or what lies between.
    struct Segment {
        var range: Range<Int>
        var id: UInt32?
    }

    private(set) var entries: [Entry] = []
    private var raw = ByteTrie()
    private var normalized = ByteTrie()

    init() {}

    init(_ entries: [Entry], normalizer: Normalizer?) {
        self.entries = entries
        for (index, entry) in entries.enumerated() {
            var text = WorkingText(bytes: Array(entry.content.utf8), startsAtOrigin: true)
            if entry.isNormalized {
                normalizer?.apply(to: &text)
                normalized.insert(text.bytes, value: index)
            } else {
                raw.insert(text.bytes, value: index)
            }
        }
    }

    /// Cuts raw text at the tokens that are looked for there.
    func splitRaw(_ bytes: [UInt8]) -> [Segment] { split(bytes, at: raw) }

    /// Cuts normalized text at the other tokens.
    func splitNormalized(_ bytes: [UInt8]) -> [Segment] { split(bytes, at: normalized) }

    /// The leftmost and among these longest tokens, one after the other.
    private func split(_ bytes: [UInt8], at trie: ByteTrie) -> [Segment] {
        guard !bytes.isEmpty else { return [] }
        var segments: [Segment] = []
        var done = 0
        var index = 0
        var spacesEnd = 0
        while let match = trie.firstMatch(in: bytes, from: index) {
            index = match.range.upperBound
            let entry = entries[match.value]
            if entry.isSingleWord, touchesWord(match.range, bytes) { continue }
            var start = match.range.lowerBound
            var end = match.range.upperBound
            if entry.stripsLeft { start = startOfSpaces(before: start, downTo: done, bytes) }
            if entry.stripsRight {
                // Inside the run of spaces that the last token took, the end is known.
                end = end < spacesEnd ? spacesEnd : endOfSpaces(from: end, bytes)
                spacesEnd = end
            }
            if done < start { segments.append(Segment(range: done..<start, id: nil)) }
            if start < end { segments.append(Segment(range: start..<end, id: entry.id)) }
            done = end
        }
        if done < bytes.count {
            segments.append(Segment(range: done..<bytes.count, id: nil))
        }
        return segments
    }

    private func touchesWord(_ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
        let classes = UnicodeClasses.shared
        let isWord = { (index: Int) in
            classes[bytes.scalar(at: index).value].contains(.plainWord)
        }
        if range.lowerBound > 0, isWord(bytes.scalarStart(before: range.lowerBound)) { return true }
        return range.upperBound < bytes.count && isWord(range.upperBound)
    }

    private func startOfSpaces(before end: Int, downTo limit: Int, _ bytes: [UInt8]) -> Int {
        let classes = UnicodeClasses.shared
        var start = max(end, limit)
        while start > limit {
            let previous = bytes.scalarStart(before: start)
            guard classes[bytes.scalar(at: previous).value].contains(.space) else { break }
            start = previous
        }
        return start
    }

    private func endOfSpaces(from start: Int, _ bytes: [UInt8]) -> Int {
        let classes = UnicodeClasses.shared
        var end = start
        while end < bytes.count {
            let (value, length) = bytes.scalar(at: end)
            guard classes[value].contains(.space) else { break }
            end += length
        }
        return end
    }
}
