/// Bytes to valid UTF-8 as they come: U+FFFD for each maximal part of a character that cannot be
/// completed, as the Unicode standard recommends and as the reference does.
struct LossyText: Sendable {
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// The start of a character: at most three bytes that are right so far.
    private var partial: [UInt8] = []
    /// How many bytes the character lacks, and what the next of them may be.
    private var missing = 0
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    /// Takes bytes and returns the text that has become certain.
    mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for byte in bytes { append(byte, &output) }
        return output
    }

    /// U+FFFD if a character was left incomplete.
    mutating func finish() -> [UInt8] {
        defer { reset() }
        return partial.isEmpty ? [] : Self.replacement
    }

    private mutating func append(_ byte: UInt8, _ output: inout [UInt8]) {
        if missing > 0 {
            if allowed.contains(byte) { return complete(byte, &output) }
            output += Self.replacement
            reset()
        }
        switch byte {
        case 0x00...0x7F: output.append(byte)
        case 0xC2...0xDF: begin(byte, 1, 0x80...0xBF)
        case 0xE0: begin(byte, 2, 0xA0...0xBF)
        case 0xED: begin(byte, 2, 0x80...0x9F)
        case 0xE1...0xEF: begin(byte, 2, 0x80...0xBF)
        case 0xF0: begin(byte, 3, 0x90...0xBF)
        case 0xF1...0xF3: begin(byte, 3, 0x80...0xBF)
        case 0xF4: begin(byte, 3, 0x80...0x8F)
        default: output += Self.replacement
        }
    }

    private mutating func begin(_ byte: UInt8, _ count: Int, _ next: ClosedRange<UInt8>) {
        partial.append(byte)
        missing = count
        allowed = next
    }

    private mutating func complete(_ byte: UInt8, _ output: inout [UInt8]) {
        partial.append(byte)
        missing -= 1
        allowed = 0x80...0xBF
        guard missing == 0 else { return }
        output += partial
        partial.removeAll(keepingCapacity: true)
    }

    private mutating func reset() {
        partial.removeAll(keepingCapacity: true)
        missing = 0
        allowed = 0x80...0xBF
    }
}
