extension Unicode.Scalar {
    /// What Python's `str.isspace` and `\s` take for whitespace.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20: true
        case 0..<0x80: false
        case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// What Python's `str.splitlines` takes for the end of a line.
    var isPythonLineEnd: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    var isASCIIDigit: Bool { value >= 0x30 && value <= 0x39 }

    /// The ASCII digit for a decimal digit of any script.
    var decimalDigit: Unicode.Scalar? {
        if isASCII { return isASCIIDigit ? self : nil }
        guard properties.numericType == .decimal, let value = properties.numericValue else {
            return nil
        }
        return Unicode.Scalar(0x30 + UInt32(value))
    }

    func isDigit(radix: Int) -> Bool { digitValue(radix: radix) != nil }

    func digitValue(radix: Int) -> Int? {
        let digit: Int
        switch value {
        case 0x30...0x39: digit = Int(value) - 0x30
        case 0x41...0x5A: digit = Int(value) - 0x41 + 10
        case 0x61...0x7A: digit = Int(value) - 0x61 + 10
        default: return nil
        }
        return digit < radix ? digit : nil
    }

    /// A letter, for Python's `str.isalpha`.
    var isPythonAlpha: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            true
        default: false
        }
    }

    /// A character of a word, for `\w` and `str.isalnum` (less the underscore).
    var isPythonAlphanumeric: Bool {
        switch value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0..<0x80: false
        default: isPythonAlpha || properties.numericType != nil
        }
    }

    /// Whether `repr` writes the character as it is.
    var isPythonPrintable: Bool {
        if isASCII { return value >= 0x20 && value < 0x7F }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            return false
        default: return true
        }
    }

    /// The shortest of `\xhh`, `\uhhhh` and `\Uhhhhhhhh`.
    var pythonEscape: String {
        switch value {
        case 0..<0x100: "\\x" + value.hex(digits: 2)
        case 0..<0x10000: "\\u" + value.hex(digits: 4)
        default: "\\U" + value.hex(digits: 8)
        }
    }
}

extension UInt32 {
    /// Lowercase hexadecimal, filled with zeros.
    func hex(digits: Int) -> String {
        let text = String(self, radix: 16)
        return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
    }
}

extension String {
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.underestimatedCount)
        for scalar in scalars {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}
