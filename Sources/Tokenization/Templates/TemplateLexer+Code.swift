extension TemplateLexer {
    /// Reads one word inside a tag, or the space before it.
    mutating func lexWord(brackets: inout [TemplateSymbol]) throws(TemplateError) {
        let first = source[position]
        if first.isPythonSpace {
            skipSpace()
        } else if first.isASCIIDigit {
            try lexNumber()
        } else if first == "_" || first.properties.isXIDStart {
            try lexName()
        } else if first == "'" || first == "\"" {
            try lexString(quote: first)
        } else if let symbol = TemplateSymbol.starting(with: first, scalar(at: position + 1)) {
            try balance(symbol, &brackets)
            append(.symbol(symbol))
            advance(to: position + symbol.rawValue.utf8.count)
        } else {
            throw failure("unexpected character '\(first)'")
        }
    }

    private func balance(
        _ symbol: TemplateSymbol, _ brackets: inout [TemplateSymbol]
    ) throws(TemplateError) {
        if let closing = symbol.closing {
            brackets.append(closing)
        } else if symbol.isClosing {
            guard let expected = brackets.popLast() else {
                throw failure("unexpected '\(symbol.rawValue)'")
            }
            guard expected == symbol else {
                throw failure("expected '\(expected.rawValue)', got '\(symbol.rawValue)'")
            }
        }
    }

    /// The characters of a name; names are hashed wherever they are used.
    private static let nameCount = 255

    private mutating func lexName() throws(TemplateError) {
        var end = position + 1
        while let next = scalar(at: end), next == "_" || next.properties.isXIDContinue { end += 1 }
        guard end - position <= Self.nameCount else {
            let message = "a name of more than \(Self.nameCount) characters"
            throw TemplateError(.limit, message, line: line)
        }
        append(.name(String(source[position..<end])))
        advance(to: end)
    }

    /// A number: decimal with optional fraction and exponent, or `0x`, `0o`, `0b`; digits may be
    /// grouped with single underscores.
    private mutating func lexNumber() throws(TemplateError) {
        if try lexPrefixedNumber() { return }
        var end = endOfDigits(position)
        var isDouble = false
        let followsDot = position > 0 && source[position - 1] == "."
        if !followsDot {
            if scalar(at: end) == ".", scalar(at: end + 1)?.isASCIIDigit == true {
                end = endOfDigits(end + 1)
                isDouble = true
            }
            if let exponent = endOfExponent(end) {
                end = exponent
                isDouble = true
            }
        }
        let text = String(source[position..<end].filter { $0 != "_" })
        if isDouble, let value = Double(text) {
            append(.double(value))
        } else if let value = Int(text) {
            guard value == 0 || source[position] != "0" else {
                throw failure("a number must not start with 0")
            }
            append(.int(value))
        } else {
            throw TemplateError(.limit, "the number \(text.prefix(40)) is too large", line: line)
        }
        advance(to: end)
    }

    private mutating func lexPrefixedNumber() throws(TemplateError) -> Bool {
        guard source[position] == "0", let mark = scalar(at: position + 1) else { return false }
        let radix: Int
        switch mark {
        case "x", "X": radix = 16
        case "o", "O": radix = 8
        case "b", "B": radix = 2
        default: return false
        }
        var end = position + 2
        var digits = ""
        while let next = scalar(at: end) {
            if next == "_", scalar(at: end + 1)?.isDigit(radix: radix) == true {
                end += 1
            } else if next.isDigit(radix: radix) {
                digits.unicodeScalars.append(next)
                end += 1
            } else {
                break
            }
        }
        guard !digits.isEmpty else { return false }
        guard let value = Int(digits, radix: radix) else {
            throw TemplateError(.limit, "the number 0\(mark)\(digits) is too large", line: line)
        }
        append(.int(value))
        advance(to: end)
        return true
    }

    private func endOfDigits(_ start: Int) -> Int {
        var end = start
        while let next = scalar(at: end) {
            if next.isASCIIDigit {
                end += 1
            } else if next == "_", end > start, scalar(at: end + 1)?.isASCIIDigit == true {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    private func endOfExponent(_ start: Int) -> Int? {
        guard scalar(at: start) == "e" || scalar(at: start) == "E" else { return nil }
        var digits = start + 1
        if scalar(at: digits) == "+" || scalar(at: digits) == "-" { digits += 1 }
        let end = endOfDigits(digits)
        return end > digits ? end : nil
    }
}

extension TemplateLexer {
    private mutating func lexString(quote: Unicode.Scalar) throws(TemplateError) {
        var text = String.UnicodeScalarView()
        var offset = position + 1
        while let next = scalar(at: offset), next != quote {
            if next == "\\" {
                try lexEscape(&offset, into: &text)
            } else {
                text.append(next)
                offset += 1
            }
        }
        guard offset < source.count else { throw failure("a string is not closed with \(quote)") }
        append(.string(String(text)))
        advance(to: offset + 1)
    }

    /// One escape as Python's string literals have them; an unknown one stands for itself.
    private func lexEscape(
        _ offset: inout Int, into text: inout String.UnicodeScalarView
    ) throws(TemplateError) {
        guard let mark = scalar(at: offset + 1) else { throw failure("a string is not closed") }
        offset += 2
        if let value = Self.simpleEscapes[mark] {
            text.append(value)
            return
        }
        switch mark {
        case "\n": break
        case "x": text.append(try hexEscape(&offset, digits: 2))
        case "u": text.append(try hexEscape(&offset, digits: 4))
        case "U": text.append(try hexEscape(&offset, digits: 8))
        case "0"..."7": text.append(octalEscape(mark, &offset))
        case "N": throw failure("the escape \\N{...} is not supported, write \\u....")
        default:
            text.append("\\")
            // Python reads the literal as ASCII first, which turns this into an escaped escape.
            if mark.isASCII {
                text.append(mark)
            } else {
                text.append(contentsOf: mark.pythonEscape.unicodeScalars.dropFirst())
            }
        }
    }

    private static let simpleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n",
        "r": "\r", "t": "\t", "v": "\u{B}",
    ]

    private func hexEscape(
        _ offset: inout Int, digits: Int
    ) throws(TemplateError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let next = scalar(at: offset), let digit = next.digitValue(radix: 16) else {
                throw failure("expected \(digits) hexadecimal digits after a backslash")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        guard let result = Unicode.Scalar(value) else {
            throw failure("\\u\(String(value, radix: 16)) is not a Unicode character")
        }
        return result
    }

    private func octalEscape(_ first: Unicode.Scalar, _ offset: inout Int) -> Unicode.Scalar {
        var value = UInt32(first.digitValue(radix: 8) ?? 0)
        for _ in 0..<2 {
            guard let digit = scalar(at: offset)?.digitValue(radix: 8) else { break }
            value = value << 3 | UInt32(digit)
            offset += 1
        }
        return Unicode.Scalar(value) ?? "\0"
    }
}
