/// Finds what somebody may have meant.
enum NearestWord {
    /// The word nearest to `text`, if it is near at all; of equally near ones the first.
    static func of(_ text: String, among words: [String]) -> String? {
        let text = Array(text.utf8.prefix(64))
        var best: (word: String, distance: Int)?
        for word in words {
            let distance = distance(text, Array(word.utf8))
            if distance < best?.distance ?? .max { best = (word, distance) }
        }
        guard let best, best.distance <= max(2, text.count / 3) else { return nil }
        return best.word
    }

    /// Insertions, deletions and substitutions from one to the other (Levenshtein 1966; the
    /// algorithm of Wagner, Fischer 1974). Complexity: O(left × right).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (place, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
