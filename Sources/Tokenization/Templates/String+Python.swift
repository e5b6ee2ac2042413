// Python's methods of strings, scalar by scalar.
extension String {
    /// The number of Unicode scalars. Complexity: O(bytes).
    var scalarCount: Int { unicodeScalars.count }

    var pythonUppercased: String {
        var result = ""
        for scalar in unicodeScalars { result += scalar.properties.uppercaseMapping }
        return result
    }

    var pythonLowercased: String {
        if utf8.allSatisfy({ $0 < 0x80 }) { return lowercased() }
        let scalars = Array(unicodeScalars)
        var result = ""
        for index in scalars.indices { result += Self.lower(scalars, index) }
        return result
    }

    /// The first character in title case, all others in lower case.
    var pythonCapitalized: String {
        let scalars = Array(unicodeScalars)
        guard let first = scalars.first else { return "" }
        var result = first.properties.titlecaseMapping
        for index in scalars.indices.dropFirst() { result += Self.lower(scalars, index) }
        return result
    }

    /// The first letter of each run of letters in title case, the others in lower case.
    var pythonTitled: String {
        let scalars = Array(unicodeScalars)
        var result = ""
        var isInWord = false
        for (index, scalar) in scalars.enumerated() {
            result += isInWord ? Self.lower(scalars, index) : scalar.properties.titlecaseMapping
            isInWord = scalar.properties.isCased
        }
        return result
    }

    var pythonSwapcased: String {
        let scalars = Array(unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            if scalar.properties.isUppercase {
                result += Self.lower(scalars, index)
            } else if scalar.properties.isLowercase {
                result += scalar.properties.uppercaseMapping
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The lower case of one scalar; a capital sigma at the end of a word has its own.
    private static func lower(_ scalars: [Unicode.Scalar], _ index: Int) -> String {
        let scalar = scalars[index]
        guard scalar == "\u{3A3}" else { return scalar.properties.lowercaseMapping }
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        let isFinal = before?.properties.isCased == true && after?.properties.isCased != true
        return isFinal ? "\u{3C2}" : "\u{3C3}"
    }

    /// The characters less those of `characters`, or whitespace, on the chosen sides.
    func pythonStripped(
        _ characters: String? = nil, leading: Bool = true, trailing: Bool = true
    ) -> String {
        let set = characters.map { Set($0.unicodeScalars) }
        let scalars = unicodeScalars
        var start = scalars.startIndex
        var end = scalars.endIndex
        func isStripped(_ scalar: Unicode.Scalar) -> Bool {
            set?.contains(scalar) ?? scalar.isPythonSpace
        }
        while leading, start < end, isStripped(scalars[start]) {
            start = scalars.index(after: start)
        }
        while trailing, start < end {
            let last = scalars.index(before: end)
            guard isStripped(scalars[last]) else { break }
            end = last
        }
        return String(scalars[start..<end])
    }

    /// The lines without their ends; `\r\n` is one end.
    func pythonLines(keepingEnds: Bool) -> [String] {
        var lines: [String] = []
        var line = UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in unicodeScalars {
            if scalar == "\n", previous == "\r" {
                if keepingEnds { lines[lines.count - 1].unicodeScalars.append(scalar) }
            } else if scalar.isPythonLineEnd {
                if keepingEnds { line.append(scalar) }
                lines.append(String(line))
                line = UnicodeScalarView()
            } else {
                line.append(scalar)
            }
            previous = scalar
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }

    /// The runs of characters other than whitespace, at most `limit` cuts from one end.
    func pythonWords(limit: Int?, fromEnd: Bool) -> [String] {
        let scalars = Array(unicodeScalars)
        var runs: [Range<Int>] = []
        var start: Int?
        for (index, scalar) in scalars.enumerated() {
            if !scalar.isPythonSpace {
                start = start ?? index
            } else if let first = start {
                runs.append(first..<index)
                start = nil
            }
        }
        if let start { runs.append(start..<scalars.count) }
        guard let limit, limit < runs.count else { return runs.map { String(scalars[$0]) } }
        // What is left over is one word, with the space inside it and beyond it.
        if fromEnd {
            let rest = 0..<runs[runs.count - limit - 1].upperBound
            return ([rest] + runs.suffix(limit)).map { String(scalars[$0]) }
        }
        let rest = runs[limit].lowerBound..<scalars.count
        return (runs.prefix(limit) + [rest]).map { String(scalars[$0]) }
    }

    /// `repr`: in single quotes unless only double ones save an escape.
    var pythonRepresentation: String {
        let quote: Unicode.Scalar =
            unicodeScalars.contains("'") && !unicodeScalars.contains("\"") ? "\"" : "'"
        var result = UnicodeScalarView()
        result.append(quote)
        for scalar in unicodeScalars {
            switch scalar {
            case quote, "\\":
                result.append("\\")
                result.append(scalar)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case _ where scalar.isPythonPrintable: result.append(scalar)
            default: result.append(contentsOf: scalar.pythonEscape.unicodeScalars)
            }
        }
        result.append(quote)
        return String(result)
    }
}
