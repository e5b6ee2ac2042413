/// Finds a text in another one, byte by byte, which for UTF-8 is scalar by scalar.
///
/// Knuth, Morris and Pratt's method, so that time is linear whatever the texts are.
struct TextSearch {
    private let pattern: [UInt8]
    /// For each length of a matched prefix, the longest proper prefix that also ends it.
    private let fallback: [Int]

    /// `pattern` must not be empty.
    init(_ pattern: some Sequence<UInt8>) {
        let pattern = Array(pattern)
        var fallback = [0, 0]
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = fallback[length] }
            if pattern[index] == pattern[length] { length += 1 }
            fallback.append(length)
        }
        self.pattern = pattern
        self.fallback = fallback
    }

    /// The offset of the first occurrence that starts at `start` or later.
    func first(in text: [UInt8], from start: Int = 0) -> Int? {
        if pattern.count == 1 { return text[start...].firstIndex(of: pattern[0]) }
        var matched = 0
        for index in start..<text.count {
            while matched > 0, text[index] != pattern[matched] { matched = fallback[matched] }
            if text[index] == pattern[matched] { matched += 1 }
            if matched == pattern.count { return index + 1 - matched }
        }
        return nil
    }

    /// The offsets of occurrences that do not overlap, from the left, at most `limit`.
    func all(in text: [UInt8], limit: Int?) -> [Int] {
        var offsets: [Int] = []
        var start = 0
        while offsets.count < limit ?? .max, let offset = first(in: text, from: start) {
            offsets.append(offset)
            start = offset + pattern.count
        }
        return offsets
    }

    /// As `all`, counted from the right.
    static func allFromEnd(_ pattern: String, in text: [UInt8], limit: Int?) -> [Int] {
        let search = TextSearch(pattern.utf8.reversed())
        let offsets = search.all(in: text.reversed(), limit: limit)
        return offsets.map { text.count - $0 - search.pattern.count }.reversed()
    }

    static func contains(_ pattern: String, in text: String) -> Bool {
        pattern.isEmpty || TextSearch(pattern.utf8).first(in: Array(text.utf8)) != nil
    }
}
