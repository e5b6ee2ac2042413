/// What stands after the colon of a replacement field: `{:>8.2f}`.
private struct FormatSpecification {
    var fill: Unicode.Scalar = " "
    var align: Unicode.Scalar?
    var sign: Unicode.Scalar?
    var isAlternate = false
    var width = 0
    var grouping: Unicode.Scalar?
    var precision: Int?
    var style: Unicode.Scalar?
}

// Python's `str.format`.
extension TemplateRenderer {
    func format(_ format: String, _ call: TemplateCall) throws(TemplateError) -> String {
        try step(scalars: format)
        var result = ""
        var next = 0
        var rest = Array(format.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            if scalar == "{" || scalar == "}", rest.first == scalar {
                rest.removeFirst()
                result.unicodeScalars.append(scalar)
            } else if scalar == "{" {
                let field = try takeField(&rest)
                try append(replace(field, call, &next), to: &result)
            } else if scalar == "}" {
                throw failure(.type, "a single '}' in a format")
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The inside of a replacement field, past its end.
    private func takeField(
        _ rest: inout ArraySlice<Unicode.Scalar>
    ) throws(TemplateError) -> ArraySlice<Unicode.Scalar> {
        guard let end = rest.firstIndex(of: "}") else {
            throw failure(.type, "a single '{' in a format")
        }
        let field = rest[..<end]
        guard !field.contains("{") else {
            throw failure(.unsupported, "nested fields of a format are not supported")
        }
        rest = rest[(end + 1)...]
        return field
    }

    private func replace(
        _ field: ArraySlice<Unicode.Scalar>, _ call: TemplateCall, _ next: inout Int
    ) throws(TemplateError) -> String {
        let colon = field.firstIndex(of: ":") ?? field.endIndex
        var name = field[..<colon]
        var conversion: Unicode.Scalar?
        if let mark = name.firstIndex(of: "!") {
            conversion = name[mark...].dropFirst().first
            name = name[..<mark]
        }
        var value = try lookUp(name, call, &next)
        switch conversion {
        case nil: break
        case "s": value = .string(try display(value))
        case "r", "a": value = .string(try represent(value))
        default: throw failure(.type, "unknown conversion of a format, expected '!s' or '!r'")
        }
        let rest = field[colon...].dropFirst()
        return try rest.isEmpty ? display(value) : apply(parseSpecification(rest), to: value)
    }

    /// The argument that `0.name[key]` names.
    private func lookUp(
        _ name: ArraySlice<Unicode.Scalar>, _ call: TemplateCall, _ next: inout Int
    ) throws(TemplateError) -> TemplateValue {
        let end = name.firstIndex { $0 == "." || $0 == "[" } ?? name.endIndex
        let first = String(name[..<end])
        var value: TemplateValue
        if let place = first.isEmpty ? next : Int(first) {
            guard call.positional.indices.contains(place) else {
                throw failure(.type, "the format has no argument \(place)")
            }
            if first.isEmpty { next += 1 }
            value = call.positional[place]
        } else {
            guard let keyword = call[first] else {
                throw failure(.type, "the format has no argument '\(first)'")
            }
            value = keyword
        }
        var rest = name[end...]
        while let mark = rest.popFirst() {
            let stop = rest.firstIndex { mark == "[" ? $0 == "]" : $0 == "." || $0 == "[" }
            let key = String(rest[..<(stop ?? rest.endIndex)])
            rest = rest[(stop ?? rest.endIndex)...]
            if mark == "[" {
                rest = rest.dropFirst()
                value = try item(Int(key).map { .int($0) } ?? .string(key), of: value)
            } else {
                value = try attribute(key, of: value)
            }
        }
        return value
    }

    private func parseSpecification(
        _ text: ArraySlice<Unicode.Scalar>
    ) throws(TemplateError) -> FormatSpecification {
        var specification = FormatSpecification()
        var rest = text
        let aligns: [Unicode.Scalar] = ["<", ">", "^", "="]
        if let second = rest.dropFirst().first, aligns.contains(second), let fill = rest.first {
            specification.fill = fill
            specification.align = second
            rest = rest.dropFirst(2)
        } else if let first = rest.first, aligns.contains(first) {
            specification.align = first
            rest = rest.dropFirst()
        }
        if let sign = rest.first, sign == "+" || sign == "-" || sign == " " {
            specification.sign = sign
            rest = rest.dropFirst()
        }
        if rest.first == "#" {
            specification.isAlternate = true
            rest = rest.dropFirst()
        }
        if rest.first == "0" {
            specification.fill = specification.align == nil ? "0" : specification.fill
            specification.align = specification.align ?? "="
            rest = rest.dropFirst()
        }
        specification.width = try parseWidth(&rest) ?? 0
        if let mark = rest.first, mark == "," || mark == "_" {
            specification.grouping = mark
            rest = rest.dropFirst()
        }
        if rest.first == "." {
            rest = rest.dropFirst()
            specification.precision = try parseWidth(&rest, max: 500)
        }
        specification.style = rest.popFirst()
        guard rest.isEmpty else { throw failure(.type, "unknown format '\(String(text))'") }
        return specification
    }

    private func apply(
        _ specification: FormatSpecification, to value: TemplateValue
    ) throws(TemplateError) -> String {
        if value.number != nil {
            return try pad(formatNumber(value, specification), specification, isText: false)
        }
        guard var text = value.text, specification.style == nil || specification.style == "s" else {
            throw failure(.type, "this format is not for a value of type '\(value.typeName)'")
        }
        if let precision = specification.precision {
            text = String(text.unicodeScalars.prefix(precision))
        }
        return try pad(text, specification, isText: true)
    }

    private func formatNumber(
        _ value: TemplateValue, _ specification: FormatSpecification
    ) throws(TemplateError) -> String {
        var text: String
        if let integer = value.integer, let radix = radix(of: specification.style) {
            let isUpper = specification.style == "X"
            text = String(integer.magnitude, radix: radix, uppercase: isUpper)
            if specification.isAlternate, radix != 10, let style = specification.style {
                text = "0\(style)" + text
            }
            if integer < 0 { text = "-" + text }
        } else {
            text = try formatDouble(value.number ?? 0, specification)
        }
        if let grouping = specification.grouping { text = grouped(text, grouping) }
        if let sign = specification.sign, sign != "-", !text.hasPrefix("-") {
            text = String(sign) + text
        }
        return text
    }

    private func radix(of style: Unicode.Scalar?) -> Int? {
        switch style {
        case nil, "d", "n": 10
        case "x", "X": 16
        case "o": 8
        case "b": 2
        default: nil
        }
    }

    private func formatDouble(
        _ number: Double, _ specification: FormatSpecification
    ) throws(TemplateError) -> String {
        let precision = specification.precision
        switch specification.style {
        case nil:
            guard let precision else { return PythonNumber.text(number) }
            return PythonNumber.formatted(number, style: "g", precision: precision)
        case "%":
            return PythonNumber.formatted(number * 100, style: "f", precision: precision ?? 6) + "%"
        case .some(let style):
            guard ["f", "F", "e", "E", "g", "G"].contains(style) else {
                throw failure(.type, "unknown format '\(style)' of a number")
            }
            return PythonNumber.formatted(
                number, style: Character(style), precision: precision ?? 6)
        }
    }

    /// The digits before the point in groups of three.
    private func grouped(_ text: String, _ mark: Unicode.Scalar) -> String {
        let sign = text.hasPrefix("-") ? "-" : ""
        let body = text.dropFirst(sign.utf8.count)
        let whole = body.prefix { $0.isNumber }
        var result = ""
        for (place, digit) in whole.enumerated() {
            if place > 0, (whole.utf8.count - place) % 3 == 0 { result += String(mark) }
            result.append(digit)
        }
        return sign + result + body.dropFirst(whole.utf8.count)
    }

    private func pad(
        _ text: String, _ specification: FormatSpecification, isText: Bool
    ) throws(TemplateError) -> String {
        let missing = specification.width - text.scalarCount
        guard missing > 0 else { return text }
        let fill = String(specification.fill)
        switch specification.align ?? (isText ? "<" : ">") {
        case "<": return try text + repeated(fill, missing)
        case "^":
            return try repeated(fill, missing / 2) + text + repeated(fill, missing - missing / 2)
        case "=" where !isText:
            let signs = text.hasPrefix("-") || text.hasPrefix("+") || text.hasPrefix(" ") ? 1 : 0
            return try text.prefix(signs) + repeated(fill, missing) + text.dropFirst(signs)
        default: return try repeated(fill, missing) + text
        }
    }
}
