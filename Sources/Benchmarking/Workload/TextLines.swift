/// The lines of a file, numbered, without their line ends.
struct TextLines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var offset = 0
    private var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    mutating func next() -> (number: Int, text: ArraySlice<UInt8>)? {
        guard offset < bytes.count else { return nil }
        let newline = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var end = newline
        if end > offset, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        defer { offset = newline + 1 }
        number += 1
        return (number, bytes[offset..<end])
    }
}
