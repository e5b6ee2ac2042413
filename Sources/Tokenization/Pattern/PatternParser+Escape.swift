extension PatternParser {
    /// An escape outside classes, after its backslash.
    mutating func parseEscape(_ options: Options) throws(PatternError) -> PatternNode {
        let scalar = try takeAny("an escape")
        switch scalar {
        case "A": return .assertion(.textStart)
        case "z": return .assertion(.textEnd)
        case "Z": return .assertion(.textEndOrLastNewline)
        case "b": return .assertion(.wordBorder)
        case "B": return .assertion(.noWordBorder)
        default:
            let members = try parseSetEscape(scalar)
            if members == .properties(.word) { return .set(PatternSet(.word)) }
            if members == .inverse(.properties(.word)) { return .set(PatternSet(.inverse(.word))) }
            if case .range(let low, let high) = members, low == high {
                return literal(low, options)
            }
            return .set(PatternSet(members))
        }
    }

    /// An escape that means a set or one scalar.
    mutating func parseSetEscape(
        _ scalar: Unicode.Scalar
    ) throws(PatternError) -> PatternSet.Members {
        switch scalar {
        case "d": return .properties(.decimal)
        case "D": return .inverse(.properties(.decimal))
        case "s": return .properties(.space)
        case "S": return .inverse(.properties(.space))
        case "w": return .properties(.word)
        case "W": return .inverse(.properties(.word))
        case "h": return Self.hexDigits
        case "H": return .inverse(Self.hexDigits)
        case "p": return try parseProperty(isInverse: false)
        case "P": return try parseProperty(isInverse: true)
        default: return .scalar(try parseScalarEscape(scalar))
        }
    }

    private static let hexDigits = PatternSet.Members.union([
        .range(0x30, 0x39), .range(0x41, 0x46), .range(0x61, 0x66),
    ])

    private mutating func parseScalarEscape(
        _ scalar: Unicode.Scalar
    ) throws(PatternError) -> UInt32 {
        switch scalar {
        case "t": return 0x09
        case "n": return 0x0A
        case "v": return 0x0B
        case "f": return 0x0C
        case "r": return 0x0D
        case "a": return 0x07
        case "e": return 0x1B
        case "x": return try parseHexEscape()
        case "u": return try parseHex(digits: 4...4)
        case "a"..."z", "A"..."Z", "0"..."9":
            throw failure("unsupported escape '\\\(scalar)'")
        default: return scalar.value
        }
    }

    private mutating func parseHexEscape() throws(PatternError) -> UInt32 {
        guard take("{") else {
            let value = try parseHex(digits: 1...2)
            guard value < 0x80 else { throw failure("expected a scalar below \\x80") }
            return value
        }
        let value = try parseHex(digits: 1...8)
        guard take("}") else { throw failure("expected '}'") }
        return value
    }

    private mutating func parseHex(digits: ClosedRange<Int>) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let scalar = next,
            let digit = Character(scalar).hexDigitValue, scalar.isASCII
        {
            value = value << 4 | UInt32(digit)
            count += 1
            offset += 1
        }
        guard digits.contains(count), Unicode.Scalar(value) != nil else {
            throw failure("expected the hexadecimal number of a scalar")
        }
        return value
    }

    /// `{L}`, `{^L}` or `{Letter}` after `\p`.
    private mutating func parseProperty(
        isInverse: Bool
    ) throws(PatternError) -> PatternSet.Members {
        guard take("{") else { throw failure("expected '{'") }
        let isInverse = isInverse != take("^")
        var name = ""
        while let scalar = next, scalar != "}" {
            name.unicodeScalars.append(scalar)
            offset += 1
        }
        guard take("}"), let members = Self.property(named: name) else {
            throw failure("unsupported property '\(name)'")
        }
        return isInverse ? .inverse(members) : members
    }

    /// The set of a property or POSIX class name; `nil` for an unsupported one.
    static func property(named name: String) -> PatternSet.Members? {
        switch name.lowercased() {
        case "any": return .inverse(.union([]))
        case "ascii": return .range(0, 0x7F)
        case "blank": return .union([.scalar(0x09), .properties(.spaceSeparator)])
        case "cntrl": return .properties(.control)
        case "digit": return .properties(.decimal)
        case "space", "whitespace", "white_space": return .properties(.space)
        case "word": return .properties(.word)
        case "xdigit": return hexDigits
        case "han": return .union(Script.han)
        case "hiragana": return .union(Script.hiragana)
        case "katakana": return .union(Script.katakana)
        case "hangul": return .union(Script.hangul)
        default: return PropertyMask(categoryNamed: name).map { .properties($0) }
        }
    }
}
