/// A decoder step at work: it takes tokens as they come and passes on what later tokens cannot
/// change. A step after `fuse` sees one token that ends when the text does.
struct DecoderStage: Sendable {
    private let step: DecoderStep
    private var isFirstToken = true
    /// The part that has come of an unfinished token.
    private var held: [UInt8] = []
    /// The run of byte tokens that has not ended yet.
    private var pending: [UInt8] = []
    private var text = LossyText()
    /// How many scalars may still be stripped off the start of the token.
    private var startLeft: Int
    /// How many copies of the stripped scalar came last; the end of the token may take them.
    private var trailing = 0

    init(_ step: DecoderStep) {
        self.step = step
        startLeft = if case .strip(_, let start, _) = step { start } else { 0 }
    }

    mutating func process(_ input: [DecoderChunk]) -> [DecoderChunk] {
        var output: [DecoderChunk] = []
        for chunk in input { process(chunk, &output) }
        return output
    }

    private mutating func process(_ chunk: DecoderChunk, _ output: inout [DecoderChunk]) {
        switch step {
        case .fuse:
            if !chunk.bytes.isEmpty {
                output.append(DecoderChunk(bytes: chunk.bytes, endsToken: false))
            }
        case .join:
            let space: [UInt8] = isFirstToken ? [] : [0x20]
            output.append(DecoderChunk(bytes: space + chunk.bytes, endsToken: true))
        case .metaspace(let replacement, let dropsFirst):
            let bytes = Self.unspaced(chunk.bytes, replacement, drops: dropsFirst && isFirstToken)
            output.append(DecoderChunk(bytes: bytes, endsToken: chunk.endsToken))
        case .replace(.literal(let pattern), let content) where !chunk.endsToken:
            held.append(contentsOf: chunk.bytes)
            let certain = takeCertain(pattern, content)
            output.append(DecoderChunk(bytes: certain, endsToken: false))
        case .byteLevel, .byteFallback, .replace:
            held.append(contentsOf: chunk.bytes)
            if chunk.endsToken {
                let token = held
                held = []
                finishToken(token, &output)
            }
        case .strip(let scalar, _, let stop):
            strip(chunk, scalar, stop, &output)
        }
        if chunk.endsToken { isFirstToken = false }
    }

    /// What is left when there are no more tokens.
    mutating func finish() -> [DecoderChunk] {
        switch step {
        case .byteLevel: [DecoderChunk(bytes: text.finish(), endsToken: true)]
        case .byteFallback: pendingBytes()
        case .fuse: [DecoderChunk(bytes: [], endsToken: true)]
        default: []
        }
    }

    private mutating func finishToken(_ token: [UInt8], _ output: inout [DecoderChunk]) {
        switch step {
        case .byteLevel:
            let certain = text.append(ByteAlphabet.decode(token) ?? token)
            output.append(DecoderChunk(bytes: certain, endsToken: false))
        case .byteFallback:
            if let byte = ByteTokens.byte(of: token) {
                pending.append(byte)
            } else {
                output += pendingBytes()
                output.append(DecoderChunk(bytes: token, endsToken: true))
            }
        case .replace(let matcher, let content):
            output.append(
                DecoderChunk(bytes: Self.replaced(token, matcher, content), endsToken: true))
        default: break
        }
    }

    /// The run of byte tokens as text: all of it, or one U+FFFD for each byte if any is wrong.
    private mutating func pendingBytes() -> [DecoderChunk] {
        guard !pending.isEmpty else { return [] }
        defer { pending = [] }
        if String(validating: pending, as: UTF8.self) != nil {
            return [DecoderChunk(bytes: pending, endsToken: true)]
        }
        return pending.map { _ in DecoderChunk(bytes: LossyText.replacement, endsToken: true) }
    }

    private static func replaced(
        _ token: [UInt8], _ matcher: Matcher, _ content: [UInt8]
    ) -> [UInt8] {
        var output: [UInt8] = []
        matcher.forEachSegment(in: token, token.indices) { range, isMatch in
            output.append(contentsOf: isMatch ? content[...] : token[range])
        }
        return output
    }

    /// Takes off the held text all but an end that may be the start of `pattern`, replaced.
    private mutating func takeCertain(_ pattern: [UInt8], _ content: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var rest = 0..<0
        Matcher.literal(pattern).forEachSegment(in: held, held.indices) { range, isMatch in
            if isMatch { output += content }
            if !isMatch, range.upperBound < held.count { output += held[range] }
            rest = isMatch ? range.upperBound..<range.upperBound : range
        }
        if rest.upperBound == held.count {
            let longest = min(rest.count, pattern.count - 1)
            let kept = (0...longest).last { held.suffix($0).elementsEqual(pattern.prefix($0)) } ?? 0
            output += held[rest].dropLast(kept)
            held.removeSubrange(..<(held.count - kept))
        }
        return output
    }

    private static func unspaced(
        _ token: [UInt8], _ replacement: UInt32, drops: Bool
    ) -> [UInt8] {
        var output: [UInt8] = []
        for value in token.scalarValues {
            if value != replacement {
                output.appendUTF8(value)
            } else if !drops {
                output.append(0x20)
            }
        }
        return output
    }
}

// MARK: - Strip

extension DecoderStage {
    /// Passes on what cannot be at the end of the token: all but the last `stop` copies.
    private mutating func strip(
        _ chunk: DecoderChunk, _ scalar: UInt32, _ stop: Int, _ output: inout [DecoderChunk]
    ) {
        var bytes: [UInt8] = []
        for value in chunk.bytes.scalarValues {
            if value == scalar {
                if startLeft > 0 { startLeft -= 1 } else { trailing += 1 }
                while trailing > stop { release(1, scalar, &bytes) }
            } else {
                startLeft = 0
                release(trailing, scalar, &bytes)
                bytes.appendUTF8(value)
            }
        }
        if chunk.endsToken {
            trailing = 0
            if case .strip(_, let start, _) = step { startLeft = start }
        }
        output.append(DecoderChunk(bytes: bytes, endsToken: chunk.endsToken))
    }

    private mutating func release(_ count: Int, _ scalar: UInt32, _ bytes: inout [UInt8]) {
        for _ in 0..<count { bytes.appendUTF8(scalar) }
        trailing -= count
    }
}
