/// Finds stop strings in text that arrives in pieces. It holds back only what may still become
/// a stop string: the longest suffix that is a prefix of one. Of several that end at the same
/// byte the longest counts.
struct StopMatcher: Sendable {
    private var patterns: [BytePattern]
    /// Received, not yet emitted.
    private var held: [UInt8] = []

    /// What one piece set free.
    struct Outcome: Hashable {
        /// Text that can be emitted: when a stop string was found, what stands before it.
        var text: String
        /// The stop string found; nothing after it counts.
        var found: String?
    }

    /// - Parameter stops: non-empty strings.
    init(_ stops: [String]) {
        patterns = stops.map { BytePattern(Array($0.utf8)) }
    }

    /// Takes a piece. While not `armed` stop strings may begin but not end.
    mutating func push(_ piece: String, armed: Bool = true) -> Outcome {
        for byte in piece.utf8 {
            held.append(byte)
            if let found = advance(byte), armed {
                let text = String(decoding: held.dropLast(found.count), as: UTF8.self)
                held = []
                return Outcome(text: text, found: String(decoding: found, as: UTF8.self))
            }
        }
        let kept = patterns.reduce(0) { max($0, $1.matched) }
        let text = String(decoding: held.dropLast(kept), as: UTF8.self)
        held.removeFirst(held.count - kept)
        return Outcome(text: text)
    }

    /// What is still held when no more text comes.
    mutating func flush() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// Feeds one byte to all patterns; returns the longest that it completes.
    private mutating func advance(_ byte: UInt8) -> [UInt8]? {
        var longest: [UInt8]?
        for index in patterns.indices where patterns[index].advance(byte) {
            let bytes = patterns[index].bytes
            if bytes.count > longest?.count ?? 0 { longest = bytes }
        }
        return longest
    }
}
