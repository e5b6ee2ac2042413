// Methods of strings.
extension TemplateRenderer {
    func callText(
        _ method: TemplateMethod, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let value = method.receiver
        if let keyword = call.keywords.first, !TemplateMethod.withNames.contains(method.name) {
            throw failure(.type, "'\(method.name)' takes no argument '\(keyword.name)'")
        }
        switch method.name {
        case "strip", "lstrip", "rstrip":
            let characters = try string(bind(call, method.name, ["chars"]), 0)
            let result = text.pythonStripped(
                characters, leading: method.name != "rstrip", trailing: method.name != "lstrip")
            return like(value, result)
        case "startswith", "endswith": return .bool(try hasEdge(method.name, text, call))
        case "split", "rsplit", "splitlines", "partition", "rpartition":
            return try split(method, text, call)
        case "find", "rfind", "index", "rindex", "count":
            return .int(try locate(method.name, text, call))
        case "replace":
            let arguments = try bind(call, "replace", ["old", "new", "count"], required: 2)
            let (old, new) = (try requiredString(arguments, 0), try requiredString(arguments, 1))
            let count = try integer(arguments, 2)
            return like(value, try replace(old, with: new, in: text, limit: count))
        case "join":
            let arguments = try bind(call, "join", ["iterable"], required: 1)
            let parts = try items(of: arguments[0] ?? .none)
            guard parts.allSatisfy({ $0.text != nil }) else {
                throw failure(.type, "'join' expects strings only")
            }
            return like(value, try joined(parts, separator: text))
        case "format": return like(value, try format(text, call))
        case "center", "ljust", "rjust", "zfill", "expandtabs", "removeprefix", "removesuffix":
            return like(value, try reshape(method.name, text, call))
        case "upper", "lower", "title", "capitalize", "swapcase":
            _ = try bind(call, method.name)
            return like(value, try recase(method.name, text))
        case "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper",
            "islower", "istitle", "isascii", "isprintable", "isidentifier":
            _ = try bind(call, method.name)
            try step(scalars: text)
            return .bool(isOfKind(method.name, text))
        default: throw failure(.unsupported, "the method '\(method.name)' is not supported")
        }
    }

    private func recase(_ name: String, _ text: String) throws(TemplateError) -> String {
        try step(scalars: text)
        let result =
            switch name {
            case "upper": text.pythonUppercased
            case "title": text.pythonTitled
            case "capitalize": text.pythonCapitalized
            case "swapcase": text.pythonSwapcased
            default: text.pythonLowercased
            }
        try step(bytes: result.utf8.count)
        return result
    }

    private func reshape(
        _ name: String, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> String {
        switch name {
        case "removeprefix", "removesuffix":
            let edge = try requiredString(bind(call, name, ["edge"], required: 1), 0)
            let bytes = Array(text.utf8)
            if name == "removeprefix" {
                let isThere = bytes.starts(with: edge.utf8)
                return String(
                    decoding: bytes.dropFirst(isThere ? edge.utf8.count : 0), as: UTF8.self)
            }
            let isThere = bytes.suffix(edge.utf8.count).elementsEqual(edge.utf8)
            return String(decoding: bytes.dropLast(isThere ? edge.utf8.count : 0), as: UTF8.self)
        case "expandtabs":
            return try expandTabs(text, integer(bind(call, name, ["tabsize"]), 0) ?? 8)
        default: break
        }
        let arguments = try bind(call, name, ["width", "fillchar"], required: 1)
        let width = try integer(arguments, 0) ?? 0
        let fill = try string(arguments, 1) ?? " "
        guard fill.scalarCount == 1 else {
            throw wrongType(arguments, 1, expected: "one character")
        }
        let missing = max(0, width.subtractingReportingOverflow(text.scalarCount).partialValue)
        switch name {
        case "center": return try centered(text, width: width, fill: fill)
        case "ljust": return try text + repeated(fill, missing)
        case "rjust": return try repeated(fill, missing) + text
        default:
            let sign = text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0
            return try text.prefix(sign) + repeated("0", missing) + text.dropFirst(sign)
        }
    }

    private func expandTabs(_ text: String, _ size: Int) throws(TemplateError) -> String {
        try step(scalars: text)
        var result = ""
        var column = 0
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                let width = size > 0 ? size - column % size : 0
                result += try repeated(" ", width)
                column += width
                try step(bytes: result.utf8.count > limits.textBytes ? .max : 0)
            } else {
                result.unicodeScalars.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
        }
        return result
    }

    private func hasEdge(
        _ name: String, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> Bool {
        let arguments = try bind(call, name, ["prefix", "start", "end"], required: 1)
        var text = text
        if arguments[1] != nil || arguments[2] != nil {
            let bounds = TemplateSlice(
                start: try integer(arguments, 1), stop: try integer(arguments, 2))
            text = try slice(.string(text), bounds).text ?? ""
        }
        var edges = [arguments[0] ?? .none]
        if case .tuple(let sequence) = edges[0] { edges = sequence.items }
        for edge in edges {
            guard let edge = edge.text else {
                throw wrongType(arguments, 0, expected: "a string or a tuple of strings")
            }
            try step(bytes: edge.utf8.count)
            let count = edge.utf8.count
            if name == "startswith"
                ? text.utf8.starts(with: edge.utf8)
                : text.utf8.suffix(count).elementsEqual(edge.utf8)
            {
                return true
            }
        }
        return false
    }

    private func split(
        _ method: TemplateMethod, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let parts: [String]
        switch method.name {
        case "splitlines":
            let arguments = try bind(call, method.name, ["keepends"])
            try step(scalars: text)
            parts = text.pythonLines(keepingEnds: arguments.isTrue(0))
        case "partition", "rpartition": return try partition(method, text, call)
        default:
            let arguments = try bind(call, method.name, ["sep", "maxsplit"])
            let limit = try integer(arguments, 1).flatMap { $0 < 0 ? nil : $0 }
            let isFromEnd = method.name == "rsplit"
            if let separator = try string(arguments, 0) {
                guard !separator.isEmpty else { throw failure(.type, "empty separator") }
                parts = cut(text, at: separator, limit: limit, isFromEnd: isFromEnd)
            } else {
                parts = text.pythonWords(limit: limit, fromEnd: isFromEnd)
            }
        }
        return try list(parts.map { like(method.receiver, $0) })
    }

    private func cut(
        _ text: String, at separator: String, limit: Int?, isFromEnd: Bool
    ) -> [String] {
        let bytes = Array(text.utf8)
        let places =
            isFromEnd
            ? TextSearch.allFromEnd(separator, in: bytes, limit: limit)
            : TextSearch(separator.utf8).all(in: bytes, limit: limit)
        var parts: [String] = []
        var start = 0
        for place in places {
            parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + separator.utf8.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }

    private func partition(
        _ method: TemplateMethod, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let separator = try requiredString(bind(call, method.name, ["sep"], required: 1), 0)
        guard !separator.isEmpty else { throw failure(.type, "empty separator") }
        let isFromEnd = method.name == "rpartition"
        let parts = cut(text, at: separator, limit: 1, isFromEnd: isFromEnd)
        let three =
            parts.count == 2
            ? [parts[0], separator, parts[1]] : isFromEnd ? ["", "", text] : [text, "", ""]
        return try tuple(three.map { like(method.receiver, $0) })
    }

    private func part(_ text: String, _ range: Range<Int>?) throws(TemplateError) -> Substring {
        guard let range else { return "" }
        let scalars = text.unicodeScalars
        let start = scalars.index(scalars.startIndex, offsetBy: range.lowerBound)
        return text[start..<scalars.index(start, offsetBy: range.count)]
    }

    /// The place of a text in a string, in scalars, or how often it stands there.
    private func locate(
        _ name: String, _ text: String, _ call: TemplateCall
    ) throws(TemplateError) -> Int {
        let arguments = try bind(call, name, ["sub", "start", "end"], required: 1)
        let wanted = try requiredString(arguments, 0)
        let bounds = TemplateSlice(
            start: try integer(arguments, 1), stop: try integer(arguments, 2))
        let range = bounds.range(count: text.scalarCount)
        try step(bytes: text.utf8.count + wanted.utf8.count)
        let bytes = Array(try part(text, range).utf8)
        if name == "count" {
            guard let range else { return 0 }
            if wanted.isEmpty { return range.count + 1 }
            return TextSearch(wanted.utf8).all(in: bytes, limit: nil).count
        }
        var place: Int?
        if wanted.isEmpty {
            place = range.map { name.hasPrefix("r") ? $0.upperBound : $0.lowerBound }
        } else {
            let offset =
                name.hasPrefix("r")
                ? TextSearch.allFromEnd(wanted, in: bytes, limit: 1).first
                : TextSearch(wanted.utf8).first(in: bytes)
            place = offset.map { offset in
                (range?.lowerBound ?? 0) + bytes[..<offset].count { $0 & 0xC0 != 0x80 }
            }
        }
        if let place { return place }
        guard name.hasSuffix("find") else { throw failure(.type, "substring not found") }
        return -1
    }
}

// Questions about strings.
extension TemplateRenderer {
    /// Whether there are cased letters, and all of them are of one case.
    func isCased(
        _ text: String, _ isWanted: KeyPath<Unicode.Scalar.Properties, Bool>
    ) throws(TemplateError) -> Bool {
        try step(bytes: text.utf8.count)
        return hasCase(text, isWanted)
    }

    private func hasCase(
        _ text: String, _ isWanted: KeyPath<Unicode.Scalar.Properties, Bool>
    ) -> Bool {
        let cased = text.unicodeScalars.lazy.map(\.properties).filter(\.isCased)
        return !cased.isEmpty && cased.allSatisfy { $0[keyPath: isWanted] }
    }

    private func isOfKind(_ name: String, _ text: String) -> Bool {
        let scalars = text.unicodeScalars
        switch name {
        case "isascii": return scalars.allSatisfy(\.isASCII)
        case "isprintable": return scalars.allSatisfy { $0.isPythonPrintable || $0 == " " }
        case "isupper": return hasCase(text, \.isUppercase)
        case "islower": return hasCase(text, \.isLowercase)
        case "istitle":
            return hasCase(text, \.isCased) && text.pythonTitled.isIdentical(to: text)
        default: break
        }
        guard let first = scalars.first else { return false }
        switch name {
        case "isdigit":
            return scalars.allSatisfy {
                $0.properties.numericType == .decimal || $0.properties.numericType == .digit
            }
        case "isdecimal": return scalars.allSatisfy { $0.properties.numericType == .decimal }
        case "isnumeric": return scalars.allSatisfy { $0.properties.numericType != nil }
        case "isalpha": return scalars.allSatisfy(\.isPythonAlpha)
        case "isalnum": return scalars.allSatisfy(\.isPythonAlphanumeric)
        case "isspace": return scalars.allSatisfy(\.isPythonSpace)
        default:
            return (first == "_" || first.properties.isXIDStart)
                && scalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
        }
    }
}
