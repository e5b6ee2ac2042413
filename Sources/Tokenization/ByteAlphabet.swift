/// The printable stand-ins that byte-level vocabularies use for bytes: a printable byte of Latin-1
/// stands for itself, the other 68 are numbered from U+0100 on (GPT-2's `bytes_to_unicode`).
enum ByteAlphabet {
    /// The stand-in of each byte.
    static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (UInt32(0)..<256).map { byte in
            if isPrintable(byte) { return byte }
            defer { next += 1 }
            return next
        }
    }()

    /// The byte behind each scalar below U+0144; `nil` where a scalar stands for no byte.
    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = UInt8(byte) }
        return table
    }()

    private static func isPrintable(_ byte: UInt32) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
    }

    /// The UTF-8 form of the stand-ins of `bytes`.
    static func encode(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
        for byte in bytes { output.appendUTF8(scalars[Int(byte)]) }
    }

    /// The bytes that a text of stand-ins means; `nil` if any scalar stands for no byte.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let text = Array(text)
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let (scalar, length) = text.scalar(at: index)
            guard scalar < 0x144, let byte = bytes[Int(scalar)] else { return nil }
            result.append(byte)
            index += length
        }
        return result
    }
}
