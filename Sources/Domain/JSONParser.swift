/// What is wrong with a JSON text, and at which byte.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    package var offset: Int
    package var message: String

    package var description: String { "invalid JSON at byte \(offset): \(message)" }
}

extension JSON {
    /// Parses one JSON text (RFC 8259). The text is hostile until parsed: depth is bounded, and
    /// time and memory are linear in its length.
    package static func parse(
        _ text: [UInt8], maxDepth: Int = 128
    ) throws(JSONError) -> JSON {
        var parser = JSONParser(text: text, maxDepth: maxDepth)
        return try parser.parseDocument()
    }

    package static func parse(_ text: String) throws(JSONError) -> JSON {
        try parse(Array(text.utf8))
    }
}

/// A recursive-descent reader over the bytes of one text.
private struct JSONParser {
    let text: [UInt8]
    let maxDepth: Int
    var offset = 0

    init(text: [UInt8], maxDepth: Int) {
        self.text = text
        self.maxDepth = maxDepth
    }

    mutating func parseDocument() throws(JSONError) -> JSON {
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        skipSpace()
        let value = try parseValue(depth: 0)
        skipSpace()
        guard offset == text.count else { throw failure("expected the end of the text") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSON {
        guard depth <= maxDepth else { throw failure("nested deeper than \(maxDepth)") }
        switch peek() {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case nil: throw failure("unexpected end")
        case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try parseNumber()
        default: throw failure("expected a value")
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
        var object = JSONObject()
        offset += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key") }
            let key = try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
            skipSpace()
            object[key] = try parseValue(depth: depth + 1)
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
            skipSpace()
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> [JSON] {
        var elements: [JSON] = []
        offset += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try parseValue(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
            skipSpace()
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let expected = Array("\(word)".utf8)
        guard text[offset...].starts(with: expected) else { throw failure("expected \(word)") }
        offset += expected.count
        return value
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func parseNumber() throws(JSONError) -> JSON {
        let start = offset
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        let leadingZero = peek() == UInt8(ascii: "0")
        guard let whole = skipDigits(), !(leadingZero && whole > 1) else {
            throw failure("malformed number")
        }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard skipDigits() != nil else { throw failure("expected digits after '.'") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() != nil else { throw failure("expected digits in the exponent") }
        }
        let digits = String(decoding: text[start..<offset], as: UTF8.self)
        if isInteger, let value = Int(digits) { return .int(value) }
        guard let value = Double(digits), value.isFinite else {
            throw JSONError(offset: start, message: "number out of range")
        }
        return .double(value)
    }

    /// Skips digits; returns how many, or `nil` for none.
    private mutating func skipDigits() -> Int? {
        let start = offset
        while let byte = peek(), isDigit(byte) { offset += 1 }
        return offset > start ? offset - start : nil
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func parseString() throws(JSONError) -> String {
        offset += 1
        let start = offset
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard byte >= 0x20 else { throw failure("control character in a string") }
            offset += 1
        }
        if take(UInt8(ascii: "\"")) { return try string(from: text[start..<(offset - 1)], start) }
        return try parseEscapedString(start: start)
    }

    /// Goes on where the first backslash stands: copies runs and resolves escapes.
    private mutating func parseEscapedString(start: Int) throws(JSONError) -> String {
        var bytes = Array(text[start..<offset])
        while let byte = peek() {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try string(from: bytes[...], start)
            case UInt8(ascii: "\\"):
                let scalar = try parseEscape()
                bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
            case 0..<0x20:
                throw failure("control character in a string")
            default:
                bytes.append(byte)
            }
        }
        throw failure("unterminated string")
    }

    private func string(
        from bytes: ArraySlice<UInt8>, _ start: Int
    ) throws(JSONError) -> String {
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(offset: start, message: "string is not UTF-8")
        }
        return string
    }

    private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = peek() else { throw failure("unterminated string") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try parseUnicodeEscape()
        default: throw failure("unknown escape")
        }
    }

    /// A lone surrogate becomes U+FFFD, for it is no character.
    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try parseFourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isHigh = (0xD800..<0xDC00).contains(first)
        let next = text[offset...].prefix(2)
        guard isHigh, next.elementsEqual([UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            return "\u{FFFD}"
        }
        let afterFirst = offset
        offset += 2
        let second = try parseFourHexDigits()
        guard (0xDC00..<0xE000).contains(second) else {
            offset = afterFirst
            return "\u{FFFD}"
        }
        let code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        return Unicode.Scalar(code) ?? "\u{FFFD}"
    }

    private mutating func parseFourHexDigits() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw failure("expected four hexadecimal digits") }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }
}

// MARK: - Bytes

extension JSONParser {
    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private func peek() -> UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }

    private func failure(_ message: String) -> JSONError {
        JSONError(offset: offset, message: message)
    }
}
