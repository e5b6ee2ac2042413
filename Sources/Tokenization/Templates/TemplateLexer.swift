/// Cuts the source of a template into tokens: text outside of tags, words inside of them.
///
/// Whitespace follows `trim_blocks` and `lstrip_blocks` of Jinja, which chat templates are written
/// for: the first newline after a block is dropped, and so is the indentation before it. Time and
/// memory are linear in the source.
struct TemplateLexer {
    let source: [Unicode.Scalar]
    var position = 0
    var line = 1
    private var lexemes: [TemplateLexeme] = []

    private init(source: String) {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(source.utf8.count)
        for scalar in source.unicodeScalars {
            if scalar == "\n", scalars.last == "\r" {
                scalars[scalars.count - 1] = "\n"
                continue
            }
            if scalars.last == "\r" { scalars[scalars.count - 1] = "\n" }
            scalars.append(scalar)
        }
        if scalars.last == "\r" { scalars[scalars.count - 1] = "\n" }
        if scalars.last == "\n" { scalars.removeLast() }
        self.source = scalars
    }

    static func tokens(of source: String) throws(TemplateError) -> [TemplateLexeme] {
        var lexer = TemplateLexer(source: source)
        while lexer.position < lexer.source.count { try lexer.lexTextAndTag() }
        lexer.append(.end)
        return lexer.lexemes
    }

    mutating func append(_ token: TemplateToken) {
        lexemes.append(TemplateLexeme(token: token, line: line))
    }

    func failure(_ message: String) -> TemplateError {
        TemplateError(.syntax, message, line: line)
    }

    func scalar(at offset: Int) -> Unicode.Scalar? {
        offset < source.count ? source[offset] : nil
    }

    /// Moves on, counting lines.
    mutating func advance(to end: Int) {
        for scalar in source[position..<end] where scalar == "\n" { line += 1 }
        position = end
    }

    mutating func skipSpace() {
        var end = position
        while let next = scalar(at: end), next.isPythonSpace { end += 1 }
        advance(to: end)
    }

    func matches(_ text: String, at offset: Int) -> Bool {
        var offset = offset
        for wanted in text.unicodeScalars {
            guard scalar(at: offset) == wanted else { return false }
            offset += 1
        }
        return true
    }
}

/// How a tag treats the whitespace on one of its sides.
private enum TemplateTrim {
    case automatic
    case all
    case none

    init(_ scalar: Unicode.Scalar?) {
        switch scalar {
        case "-": self = .all
        case "+": self = .none
        default: self = .automatic
        }
    }

    var width: Int { self == .automatic ? 0 : 1 }
}

extension TemplateLexer {
    private mutating func lexTextAndTag() throws(TemplateError) {
        let start = position
        guard let tag = nextTag() else {
            appendText(start..<source.count)
            return
        }
        let trim = TemplateTrim(scalar(at: tag + 2))
        appendText(start..<tag, before: trim, isOutput: source[tag + 1] == "{")
        let kind = source[tag + 1]
        advance(to: tag + 2 + trim.width)
        switch kind {
        case "{":
            append(.outputBegin)
            try lexCode(isOutput: true)
        case "#":
            try skipComment()
        default:
            if let end = endOfRawTag() {
                advance(to: end)
                try lexRaw()
            } else {
                append(.blockBegin)
                try lexCode(isOutput: false)
            }
        }
    }

    /// The place of the next `{{`, `{%` or `{#`.
    private func nextTag() -> Int? {
        var offset = position
        while offset + 1 < source.count {
            if source[offset] == "{" {
                let next = source[offset + 1]
                if next == "{" || next == "%" || next == "#" { return offset }
            }
            offset += 1
        }
        return nil
    }

    /// Appends the text of `range` less what the tag after it takes away, and moves to its end.
    private mutating func appendText(
        _ range: Range<Int>, before trim: TemplateTrim = .none, isOutput: Bool = false
    ) {
        var end = range.upperBound
        switch trim {
        case .all:
            while end > range.lowerBound, source[end - 1].isPythonSpace { end -= 1 }
        case .automatic where !isOutput:
            var lineStart = end
            while lineStart > range.lowerBound, source[lineStart - 1] != "\n",
                source[lineStart - 1].isPythonSpace
            {
                lineStart -= 1
            }
            if lineStart == 0 || source[lineStart - 1] == "\n" { end = lineStart }
        default: break
        }
        if end > range.lowerBound { append(.text(String(source[range.lowerBound..<end]))) }
        advance(to: range.upperBound)
    }

    private mutating func skipComment() throws(TemplateError) {
        var end = position
        while !matches("#}", at: end) {
            guard end < source.count else { throw failure("a comment is not closed with '#}'") }
            end += 1
        }
        let trim = end > position ? TemplateTrim(source[end - 1]) : .automatic
        advance(to: end + 2)
        finishTag(trim)
    }

    /// What the end of a tag takes from the text after it.
    private mutating func finishTag(_ trim: TemplateTrim) {
        switch trim {
        case .all: skipSpace()
        case .automatic: if scalar(at: position) == "\n" { advance(to: position + 1) }
        case .none: break
        }
    }

    /// The end of the rest of `{% raw %}`, when that is what stands here.
    private func endOfRawTag() -> Int? {
        var offset = endOfSpace(position)
        guard matches("raw", at: offset) else { return nil }
        offset = endOfSpace(offset + 3)
        if matches("-%}", at: offset) { return endOfSpace(offset + 3) }
        return matches("%}", at: offset) ? offset + 2 : nil
    }

    private func endOfSpace(_ offset: Int) -> Int {
        var offset = offset
        while let next = scalar(at: offset), next.isPythonSpace { offset += 1 }
        return offset
    }

    /// The text up to `{% endraw %}`, as it stands.
    private mutating func lexRaw() throws(TemplateError) {
        let start = position
        var offset = position
        while offset < source.count {
            if matches("{%", at: offset) {
                let trim = TemplateTrim(scalar(at: offset + 2))
                let word = endOfSpace(offset + 2 + trim.width)
                if matches("endraw", at: word), let end = endOfBlock(endOfSpace(word + 6)) {
                    appendText(start..<offset, before: trim)
                    advance(to: end.offset)
                    finishTag(end.trim)
                    return
                }
            }
            offset += 1
        }
        throw failure("'{% raw %}' is not closed with '{% endraw %}'")
    }

    /// The end of a block tag at `offset`, without what it trims.
    private func endOfBlock(_ offset: Int) -> (offset: Int, trim: TemplateTrim)? {
        let trim = TemplateTrim(scalar(at: offset))
        let end = offset + trim.width
        return matches("%}", at: end) ? (end + 2, trim) : nil
    }

    /// Reads the words of a tag up to its end.
    private mutating func lexCode(isOutput: Bool) throws(TemplateError) {
        var brackets: [TemplateSymbol] = []
        while position < source.count {
            if brackets.isEmpty, endTag(isOutput: isOutput) { return }
            try lexWord(brackets: &brackets)
        }
    }

    /// Consumes the end of the tag when it stands here.
    private mutating func endTag(isOutput: Bool) -> Bool {
        if isOutput {
            let isTrimming = scalar(at: position) == "-"
            let end = isTrimming ? position + 1 : position
            guard matches("}}", at: end) else { return false }
            append(.outputEnd)
            advance(to: end + 2)
            if isTrimming { skipSpace() }
        } else {
            guard let end = endOfBlock(position) else { return false }
            append(.blockEnd)
            advance(to: end.offset)
            finishTag(end.trim)
        }
        return true
    }
}
