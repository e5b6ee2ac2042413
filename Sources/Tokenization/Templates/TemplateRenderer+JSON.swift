/// How `tojson` writes, as Python's `json.dumps`.
struct TemplateJSONStyle {
    var isASCII = false
    var sortsKeys = false
    /// The text of one level of indentation; `nil` for all on one line.
    var indent: String?
    var itemSeparator = ", "
    var keySeparator = ": "
}

extension TemplateRenderer {
    func json(_ value: TemplateValue, _ call: TemplateCall) throws(TemplateError) -> String {
        let names = ["ensure_ascii", "indent", "separators", "sort_keys"]
        let arguments = try bind(call, "tojson", names)
        var style = TemplateJSONStyle()
        style.isASCII = arguments.isTrue(0)
        style.sortsKeys = arguments.isTrue(3)
        if let indent = arguments[1], !indent.isNone {
            style.indent = try indentation(indent, arguments)
            style.itemSeparator = ","
        }
        if let separators = arguments[2], !separators.isNone {
            let parts = try elements(of: separators) ?? []
            guard parts.count == 2, let item = parts[0].text, let key = parts[1].text else {
                throw wrongType(arguments, 2, expected: "two strings")
            }
            style.itemSeparator = item
            style.keySeparator = key
        }
        var text = ""
        try writeJSON(value, style, level: 0, into: &text)
        return text
    }

    private func indentation(
        _ value: TemplateValue, _ arguments: TemplateBoundArguments
    ) throws(TemplateError) -> String {
        if let text = value.text { return text }
        guard let width = value.integer else {
            throw wrongType(arguments, 1, expected: "an integer or a string")
        }
        return try repeated(" ", max(0, width))
    }

    private func writeJSON(
        _ value: TemplateValue, _ style: TemplateJSONStyle, level: Int, into text: inout String
    ) throws(TemplateError) {
        try step()
        switch value {
        case .none: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += jsonNumber(value)
        case .string(let value), .markup(let value):
            try writeJSONString(value, style, into: &text)
        case .list(let sequence), .tuple(let sequence):
            try writeJSONArray(sequence.items, style, level: level, into: &text)
        case .map(let map): try writeJSONObject(map, style, level: level, into: &text)
        default:
            throw failure(
                .type, "object of type '\(value.typeName)' is not JSON serializable")
        }
        guard text.utf8.count <= limits.textBytes else {
            throw failure(.limit, "a text is longer than \(limits.textBytes) bytes")
        }
    }

    private func jsonNumber(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return PythonNumber.text(value)
    }

    private func writeJSONArray(
        _ items: [TemplateValue], _ style: TemplateJSONStyle, level: Int, into text: inout String
    ) throws(TemplateError) {
        try descend()
        defer { ascend() }
        if items.isEmpty {
            text += "[]"
            return
        }
        text += "["
        for (place, item) in items.enumerated() {
            if place > 0 { text += style.itemSeparator }
            try writeJSONBreak(style, level: level + 1, into: &text)
            try writeJSON(item, style, level: level + 1, into: &text)
        }
        try writeJSONBreak(style, level: level, into: &text)
        text += "]"
    }

    private func writeJSONObject(
        _ map: TemplateMap, _ style: TemplateJSONStyle, level: Int, into text: inout String
    ) throws(TemplateError) {
        try descend()
        defer { ascend() }
        if map.count == 0 {
            text += "{}"
            return
        }
        text += "{"
        for (place, index) in try jsonOrder(map, style).enumerated() {
            if place > 0 { text += style.itemSeparator }
            try writeJSONBreak(style, level: level + 1, into: &text)
            try writeJSONString(jsonKey(map.keys[index]), style, into: &text)
            text += style.keySeparator
            try writeJSON(map.values[index], style, level: level + 1, into: &text)
        }
        try writeJSONBreak(style, level: level, into: &text)
        text += "}"
    }

    private func jsonOrder(
        _ map: TemplateMap, _ style: TemplateJSONStyle
    ) throws(TemplateError) -> [Int] {
        let places = Array(map.keys.indices)
        guard style.sortsKeys else { return places }
        return try sorted(places, by: map.keys, reversed: false)
    }

    private func jsonKey(_ key: TemplateValue) throws(TemplateError) -> String {
        switch key {
        case .string(let text), .markup(let text): return text
        case .none: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .double(let value): return jsonNumber(value)
        default: throw failure(.type, "the keys of JSON objects cannot be '\(key.typeName)'")
        }
    }

    /// A new line of `level` indents, where the style has lines.
    private func writeJSONBreak(
        _ style: TemplateJSONStyle, level: Int, into text: inout String
    ) throws(TemplateError) {
        guard let indent = style.indent else { return }
        text += "\n"
        text += try repeated(indent, level)
    }

    private func writeJSONString(
        _ value: String, _ style: TemplateJSONStyle, into text: inout String
    ) throws(TemplateError) {
        try step(bytes: value.utf8.count)
        var result = String.UnicodeScalarView()
        result.append("\"")
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\u{8}": result.append(contentsOf: "\\b".unicodeScalars)
            case "\u{C}": result.append(contentsOf: "\\f".unicodeScalars)
            case _ where scalar.value < 0x20 || style.isASCII && scalar.value > 0x7E:
                for unit in String(scalar).utf16 {
                    let escape = "\\u" + UInt32(unit).hex(digits: 4)
                    result.append(contentsOf: escape.unicodeScalars)
                }
            default: result.append(scalar)
            }
        }
        result.append("\"")
        let quoted = String(result)
        try step(bytes: quoted.utf8.count)
        text += quoted
    }
}
