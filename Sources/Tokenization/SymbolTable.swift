/// What a unit of text, a byte or a scalar, is before any merge.
enum Symbol: Sendable {
    case token(UInt32)
    /// A scalar outside the vocabulary, spelled as byte tokens.
    case bytes([UInt32])
    case unknown
}

/// The first step of byte-pair encoding: text to symbols.
enum SymbolTable: Sendable {
    /// Byte-level models: the symbol of each byte.
    case bytes([Symbol])
    /// Others: the symbol of each ASCII scalar; the rest is looked up.
    case scalars(ascii: [Symbol])
}

/// The byte tokens `<0x00>` to `<0xFF>`; `nil` for those that the vocabulary lacks.
struct ByteTokens: Sendable {
    let ids: [UInt32?]

    init(in table: TokenTable) {
        ids = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return table.id(of: Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8))
        }
    }

    /// The byte that a token spells; `nil` for other tokens. The reference reads the two digits
    /// with a parser that also takes a sign.
    static func byte(of token: [UInt8]) -> UInt8? {
        guard token.count == 6, token.starts(with: [0x3C, 0x30, 0x78]), token[5] == 0x3E,
            token[3] < 0x80, token[4] < 0x80
        else { return nil }
        let high = Unicode.Scalar(token[3])
        let low = Unicode.Scalar(token[4])
        guard let lowValue = Character(low).hexDigitValue else { return nil }
        if high == "+" { return UInt8(lowValue) }
        guard let highValue = Character(high).hexDigitValue else { return nil }
        return UInt8(highValue << 4 | lowValue)
    }
}
