/// A byte string being looked for in bytes that arrive one by one: a Knuth-Morris-Pratt
/// automaton, so the time is linear whatever the pattern is.
struct BytePattern: Sendable {
    let bytes: [UInt8]
    /// How much of the pattern ends at the present position; below the whole length.
    private(set) var matched = 0
    /// For each prefix length the length of its longest proper border.
    private let borders: [Int]

    /// - Parameter bytes: at least one.
    init(_ bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "an empty pattern is everywhere")
        self.bytes = bytes
        var borders = [0, 0]
        borders.reserveCapacity(bytes.count + 1)
        for position in bytes.indices.dropFirst() {
            var border = borders[position]
            while border > 0, bytes[border] != bytes[position] { border = borders[border] }
            if bytes[border] == bytes[position] { border += 1 }
            borders.append(border)
        }
        self.borders = borders
    }

    /// Takes the next byte; whether the pattern ends with it. Complexity: O(1) amortized.
    mutating func advance(_ byte: UInt8) -> Bool {
        while matched > 0, bytes[matched] != byte { matched = borders[matched] }
        if bytes[matched] == byte { matched += 1 }
        guard matched == bytes.count else { return false }
        matched = borders[matched]
        return true
    }

    /// Where the last occurrence of `pattern` in `text` ends.
    static func lastEnd(of pattern: [UInt8], in text: [UInt8]) -> Int? {
        guard !pattern.isEmpty else { return nil }
        var pattern = BytePattern(pattern)
        var end: Int?
        for (position, byte) in text.enumerated() where pattern.advance(byte) {
            end = position + 1
        }
        return end
    }
}
