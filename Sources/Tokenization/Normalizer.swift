/// A text on its way to the model.
struct WorkingText {
    var bytes: [UInt8]
    /// Whether the first scalar stems from the first scalar of the input; `Metaspace` asks.
    var startsAtOrigin: Bool
}

/// A rewriting of the text before it is split.
indirect enum Normalizer: Sendable {
    case sequence([Normalizer])
    case normalizationForm(NormalizationForm)
    case lowercase
    case strip(left: Bool, right: Bool)
    case stripAccents
    case prepend([UInt8])
    case replace(Matcher, with: [UInt8])
    case byteLevel

    /// Rewrites the text. A file that makes it grow without end is cut short: past 64 times the
    /// input, nothing more is replaced.
    func apply(to text: inout WorkingText) {
        apply(to: &text, sizeLimit: (1 << 16) + 64 * text.bytes.count)
    }

    private func apply(to text: inout WorkingText, sizeLimit: Int) {
        guard !text.bytes.isEmpty, text.bytes.count <= sizeLimit else { return }
        switch self {
        case .sequence(let parts):
            for part in parts { part.apply(to: &text, sizeLimit: sizeLimit) }
        case .normalizationForm(let form): text.bytes = form.apply(to: text.bytes)
        case .lowercase: text.bytes = Self.lowercased(text.bytes)
        case .strip(let left, let right): Self.strip(&text, left: left, right: right)
        case .stripAccents: Self.stripAccents(&text)
        case .prepend(let prefix): text.bytes.insert(contentsOf: prefix, at: 0)
        case .replace(let matcher, let content):
            Self.replace(matcher, content, in: &text, sizeLimit: sizeLimit)
        case .byteLevel:
            var output: [UInt8] = []
            ByteAlphabet.encode(text.bytes[...], into: &output)
            text.bytes = output
        }
    }

    private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let (value, length) = bytes.scalar(at: index)
            index += length
            if value < 0x80 {
                output.append((0x41...0x5A).contains(value) ? UInt8(value | 0x20) : UInt8(value))
            } else if let scalar = Unicode.Scalar(value) {
                output.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            }
        }
        return output
    }

    private static func strip(_ text: inout WorkingText, left: Bool, right: Bool) {
        let classes = UnicodeClasses.shared
        var start = 0
        var end = text.bytes.count
        while left, start < end {
            let (value, length) = text.bytes.scalar(at: start)
            guard classes[value].contains(.space) else { break }
            start += length
        }
        while right, end > start {
            let last = text.bytes.scalarStart(before: end)
            guard classes[text.bytes.scalar(at: last).value].contains(.space) else { break }
            end = last
        }
        if start > 0 { text.startsAtOrigin = false }
        text.bytes = Array(text.bytes[start..<end])
    }

    private static func stripAccents(_ text: inout WorkingText) {
        let classes = UnicodeClasses.shared
        let scalars = text.bytes.scalarValues
        let isMark = { (value: UInt32) in classes[value].contains(.accent) }
        if let first = scalars.first, isMark(first) { text.startsAtOrigin = false }
        text.bytes.removeAll(keepingCapacity: true)
        for value in scalars where !isMark(value) { text.bytes.appendUTF8(value) }
    }

    private static func replace(
        _ matcher: Matcher, _ content: [UInt8], in text: inout WorkingText, sizeLimit: Int
    ) {
        var output: [UInt8] = []
        output.reserveCapacity(text.bytes.count)
        matcher.forEachSegment(in: text.bytes, text.bytes.indices) { range, isMatch in
            if isMatch, range.lowerBound == 0, !range.isEmpty, content.isEmpty {
                text.startsAtOrigin = false
            }
            let replaces = isMatch && output.count <= sizeLimit
            output.append(contentsOf: replaces ? content[...] : text.bytes[range])
        }
        text.bytes = output
    }
}
