// Filters that give text.
extension TemplateRenderer {
    func textFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch filter {
        case .e, .escape, .forceescape:
            _ = try bind(call, "escape")
            if filter != .forceescape { return .markup(try escaped(value)) }
            return .markup(try escaped(.string(display(value))))
        case .safe:
            _ = try bind(call, "safe")
            return .markup(try display(value))
        case .tojson: return .string(try json(value, call))
        case .join: return try join(value, call)
        case .replace: return try replaceFilter(value, call)
        case .indent: return try indent(value, call)
        case .format: return try format(value, call)
        case .center, .trim, .truncate: return try measuredFilter(filter, value, call)
        case .wordcount:
            _ = try bind(call, "wordcount")
            return .int(try wordCount(display(value)))
        default:
            _ = try bind(call, filter.rawValue)
            return try caseFilter(filter, value)
        }
    }

    private func caseFilter(
        _ filter: TemplateFilter, _ value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let text = try display(value)
        try step(scalars: text)
        let result =
            switch filter {
            case .capitalize: text.pythonCapitalized
            case .lower: text.pythonLowercased
            case .upper: text.pythonUppercased
            case .title: titled(text)
            default: text
            }
        try step(bytes: result.utf8.count)
        return like(value, result)
    }

    /// Each word with its first letter in upper case; words begin after brackets and hyphens too.
    private func titled(_ text: String) -> String {
        var result = ""
        var word = ""
        func flush() {
            guard let first = word.unicodeScalars.first else { return }
            let rest = String(word.unicodeScalars.dropFirst())
            result += String(first).pythonUppercased + rest.pythonLowercased
            word = ""
        }
        for scalar in text.unicodeScalars {
            if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
                flush()
                result.unicodeScalars.append(scalar)
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        flush()
        return result
    }

    private func wordCount(_ text: String) throws(TemplateError) -> Int {
        try step(scalars: text)
        var count = 0
        var isInWord = false
        for scalar in text.unicodeScalars {
            let isWord = scalar == "_" || scalar.isPythonAlphanumeric
            if isWord, !isInWord { count += 1 }
            isInWord = isWord
        }
        return count
    }

    private func join(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "join", ["d", "attribute"])
        let separator = try display(arguments[0] ?? .string(""))
        let path = try attributePath(arguments[1])
        var parts: [TemplateValue] = []
        for item in try items(of: value) { parts.append(try self.item(path: path, of: item)) }
        return .string(try joined(parts, separator: separator))
    }

    func joined(
        _ parts: [TemplateValue], separator: String
    ) throws(TemplateError) -> String {
        var result = ""
        for (place, part) in parts.enumerated() {
            if place > 0 { try append(separator, to: &result) }
            try append(display(part), to: &result)
        }
        return result
    }

    private func replaceFilter(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "replace", ["old", "new", "count"], required: 2)
        let old = try display(arguments[0] ?? .none)
        let new = try display(arguments[1] ?? .none)
        let count = try integer(arguments, 2)
        return .string(try replace(old, with: new, in: display(value), limit: count))
    }

    /// `text.replace(old, new, limit)`; a negative limit is none.
    func replace(
        _ old: String, with new: String, in text: String, limit: Int?
    ) throws(TemplateError) -> String {
        try step(bytes: text.utf8.count)
        let limit = limit.flatMap { $0 < 0 ? nil : $0 }
        let bytes = Array(text.utf8)
        let places =
            old.isEmpty
            ? Array(scalarStarts(bytes).prefix(limit ?? .max))
            : TextSearch(old.utf8).all(in: bytes, limit: limit)
        let (added, overflow) = places.count.multipliedReportingOverflow(by: new.utf8.count)
        try step(bytes: overflow ? .max : bytes.count + added)
        var result: [UInt8] = []
        var start = 0
        for place in places {
            result += bytes[start..<place]
            result += new.utf8
            start = place + old.utf8.count
        }
        result += bytes[start...]
        return String(decoding: result, as: UTF8.self)
    }

    /// The offset of each scalar, and the end.
    private func scalarStarts(_ bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    }

    private func indent(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "indent", ["width", "first", "blank"])
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        guard let text = value.text else {
            throw failure(.type, "'indent' expects a string, got '\(value.typeName)'")
        }
        var prefix = arguments[0]?.text
        if prefix == nil { prefix = try repeated(" ", max(0, integer(arguments, 0) ?? 4)) }
        return like(value, try indented(text, by: prefix ?? "", arguments))
    }

    private func indented(
        _ text: String, by prefix: String, _ arguments: TemplateBoundArguments
    ) throws(TemplateError) -> String {
        try step(scalars: text)
        let lines = (text + "\n").pythonLines(keepingEnds: false)
        let added = lines.count.multipliedReportingOverflow(by: prefix.utf8.count)
        try step(bytes: added.overflow ? .max : text.utf8.count + added.partialValue)
        var result = arguments.isTrue(1) ? prefix : ""
        for (place, line) in lines.enumerated() {
            if place > 0 {
                result += "\n"
                if arguments.isTrue(2) || !line.isEmpty { result += prefix }
            }
            result += line
        }
        return result
    }

    private func format(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        guard call.keywords.isEmpty || call.positional.isEmpty else {
            throw failure(.type, "'format' takes either positional or named arguments")
        }
        var arguments = try tuple(call.positional)
        if !call.keywords.isEmpty {
            let map = TemplateMap()
            for keyword in call.keywords {
                try set(.string(keyword.name), to: keyword.value, in: map)
            }
            arguments = .map(map)
        }
        return .string(try printf(display(value), arguments, isMarkup: isMarkup(value)))
    }

    private func measuredFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let text = try display(value)
        try step(bytes: text.utf8.count)
        switch filter {
        case .trim:
            let arguments = try bind(call, "trim", ["chars"])
            return like(value, text.pythonStripped(try string(arguments, 0)))
        case .center:
            let width = try integer(bind(call, "center", ["width"]), 0) ?? 80
            return like(value, try centered(text, width: width, fill: " "))
        default: return try truncate(value, text, call)
        }
    }

    /// `text.center(width, fill)`, with Python's choice of the longer side.
    func centered(
        _ text: String, width: Int, fill: String
    ) throws(TemplateError) -> String {
        let missing = max(0, width.subtractingReportingOverflow(text.scalarCount).partialValue)
        let left = missing / 2 + (missing & width & 1)
        return try repeated(fill, left) + text + repeated(fill, missing - left)
    }

    private func truncate(
        _ value: TemplateValue, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "truncate", ["length", "killwords", "end", "leeway"])
        guard value.text != nil else {
            if try self.length(of: value) <= 255 { return value }
            throw failure(.type, "'truncate' expects a string, got '\(value.typeName)'")
        }
        let length = try integer(arguments, 0) ?? 255
        let end = try string(arguments, 2) ?? "..."
        let leeway = try integer(arguments, 3) ?? 5
        guard length >= end.scalarCount, leeway >= 0 else {
            throw failure(.type, "'truncate' expects a length of at least that of its end")
        }
        let scalars = Array(text.unicodeScalars)
        if scalars.count - leeway <= length { return value }
        var kept = scalars[..<max(0, length - end.scalarCount)]
        if !arguments.isTrue(1), let space = kept.lastIndex(of: " ") { kept = kept[..<space] }
        return like(value, String(kept) + end)
    }
}
