/// One conversion of a `%` format: `%-8.2f`.
private struct PrintfConversion {
    var isLeft = false
    var hasSign = false
    var hasSpace = false
    var hasZeros = false
    var isAlternate = false
    var width = 0
    var precision: Int?
}

/// The arguments of a `%` format: one value, a tuple of them, or a mapping.
private struct PrintfArguments {
    let values: [TemplateValue]
    let map: TemplateMap?
    /// Whether values may stay unused: Python minds only those that have no items.
    let isLenient: Bool
    var used = 0

    init(_ value: TemplateValue) {
        if case .tuple(let sequence) = value {
            values = sequence.items
            map = nil
            isLenient = false
        } else {
            values = [value]
            if case .map(let map) = value { self.map = map } else { map = nil }
            switch value {
            case .map, .list, .range, .undefined: isLenient = true
            default: isLenient = false
            }
        }
    }
}

// Python's `%` on strings.
extension TemplateRenderer {
    /// `format % value`. The texts of the values are escaped in markup.
    func printf(
        _ format: String, _ value: TemplateValue, isMarkup: Bool
    ) throws(TemplateError) -> String {
        try step(scalars: format)
        var arguments = PrintfArguments(value)
        var result = ""
        var rest = Array(format.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            if scalar == "%" {
                try append(convert(&rest, &arguments, isMarkup: isMarkup), to: &result)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        guard arguments.isLenient || arguments.used == arguments.values.count else {
            throw failure(
                .type, "expected \(arguments.used) values for '%', got \(arguments.values.count)")
        }
        return result
    }

    private func convert(
        _ rest: inout ArraySlice<Unicode.Scalar>, _ arguments: inout PrintfArguments,
        isMarkup: Bool
    ) throws(TemplateError) -> String {
        let key = try parseKey(&rest)
        let conversion = try parseConversion(&rest)
        guard let style = rest.popFirst() else { throw failure(.type, "incomplete format") }
        if style == "%" { return "%" }
        let value = try takeValue(key, &arguments)
        switch style {
        case "s", "r", "a":
            var text = try style == "s" ? display(value) : represent(value)
            if isMarkup { text = try escaped(style == "s" ? value : .string(text)) }
            if let precision = conversion.precision {
                text = String(text.unicodeScalars.prefix(precision))
            }
            return try pad(text, conversion, zeros: false)
        case "d", "i", "u", "x", "X", "o":
            return try convertInteger(value, style, conversion)
        case "f", "F", "e", "E", "g", "G":
            if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
            guard let number = value.number else {
                throw failure(.type, "'%\(style)' expects a number, got '\(value.typeName)'")
            }
            let precision = conversion.precision ?? 6
            let text = PythonNumber.formatted(
                number, style: Character(style), precision: precision,
                isAlternate: conversion.isAlternate)
            return try pad(signed(text, conversion), conversion, zeros: number.isFinite)
        case "c": return try pad(character(value), conversion, zeros: false)
        default: throw failure(.type, "unknown conversion '%\(style)'")
        }
    }

    /// The `(name)` of a conversion.
    private func parseKey(
        _ rest: inout ArraySlice<Unicode.Scalar>
    ) throws(TemplateError) -> String? {
        guard rest.first == "(" else { return nil }
        rest.removeFirst()
        guard let end = rest.firstIndex(of: ")") else {
            throw failure(.type, "incomplete key of a format")
        }
        let key = String(rest[..<end])
        rest = rest[(end + 1)...]
        return key
    }

    private func parseConversion(
        _ rest: inout ArraySlice<Unicode.Scalar>
    ) throws(TemplateError) -> PrintfConversion {
        var conversion = PrintfConversion()
        flags: while let flag = rest.first {
            switch flag {
            case "-": conversion.isLeft = true
            case "+": conversion.hasSign = true
            case " ": conversion.hasSpace = true
            case "0": conversion.hasZeros = true
            case "#": conversion.isAlternate = true
            default: break flags
            }
            rest.removeFirst()
        }
        conversion.width = try parseWidth(&rest) ?? 0
        if rest.first == "." {
            rest.removeFirst()
            conversion.precision = try parseWidth(&rest, max: 500) ?? 0
        }
        while let mark = rest.first, mark == "l" || mark == "h" || mark == "L" {
            rest.removeFirst()
        }
        return conversion
    }

    /// A number of a format; `nil` where none stands.
    func parseWidth(
        _ rest: inout ArraySlice<Unicode.Scalar>, max: Int = 1 << 20
    ) throws(TemplateError) -> Int? {
        guard rest.first?.isASCIIDigit == true else { return nil }
        var width = 0
        while let digit = rest.first?.digitValue(radix: 10) {
            width = width * 10 + digit
            guard width <= max else {
                throw failure(.limit, "the width of a format is over \(max)")
            }
            rest.removeFirst()
        }
        return width
    }

    private func takeValue(
        _ key: String?, _ arguments: inout PrintfArguments
    ) throws(TemplateError) -> TemplateValue {
        if let key {
            guard let map = arguments.map else {
                throw failure(.type, "a format with names expects a mapping")
            }
            guard let value = map.value(at: key) else {
                throw failure(.type, "the mapping has no '\(key)'")
            }
            return value
        }
        guard arguments.used < arguments.values.count else {
            throw failure(.type, "not enough values for '%'")
        }
        defer { arguments.used += 1 }
        return arguments.values[arguments.used]
    }

    private func convertInteger(
        _ value: TemplateValue, _ style: Unicode.Scalar, _ conversion: PrintfConversion
    ) throws(TemplateError) -> String {
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        var integer = value.integer
        if case .double(let number) = value, style == "d" || style == "i" || style == "u" {
            integer = Int(exactly: number.rounded(.towardZero))
        }
        guard let integer else {
            throw failure(.type, "'%\(style)' expects an integer, got '\(value.typeName)'")
        }
        let radix = style == "o" ? 8 : style == "x" || style == "X" ? 16 : 10
        var digits = String(integer.magnitude, radix: radix, uppercase: style == "X")
        if let precision = conversion.precision, digits.utf8.count < precision {
            digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
        }
        let prefix = conversion.isAlternate && radix != 10 ? "0\(style)" : ""
        let text = (integer < 0 ? "-" : "") + prefix + digits
        return try pad(signed(text, conversion), conversion, zeros: true)
    }

    private func character(_ value: TemplateValue) throws(TemplateError) -> String {
        if let text = value.text, text.scalarCount == 1 { return text }
        guard let code = value.integer.flatMap(UInt32.init(exactly:)),
            let scalar = Unicode.Scalar(code)
        else { throw failure(.type, "'%c' expects a character") }
        return String(scalar)
    }

    private func signed(_ text: String, _ conversion: PrintfConversion) -> String {
        if text.hasPrefix("-") { return text }
        return conversion.hasSign ? "+" + text : conversion.hasSpace ? " " + text : text
    }

    private func pad(
        _ text: String, _ conversion: PrintfConversion, zeros: Bool
    ) throws(TemplateError) -> String {
        let missing = conversion.width - text.scalarCount
        guard missing > 0 else { return text }
        if conversion.isLeft { return try text + repeated(" ", missing) }
        guard zeros, conversion.hasZeros else { return try repeated(" ", missing) + text }
        let signs = text.hasPrefix("-") || text.hasPrefix("+") || text.hasPrefix(" ") ? 1 : 0
        return try text.prefix(signs) + repeated("0", missing) + text.dropFirst(signs)
    }
}
