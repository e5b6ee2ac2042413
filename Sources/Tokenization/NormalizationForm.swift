@_spi(_Unicode) internal import Swift

/// The four Unicode normalization forms, as of Unicode 9.0 like the reference: newer scalars
/// stay as they are and nothing is moved or composed across them.
enum NormalizationForm: Sendable {
    case composed
    case decomposed
    case compatibilityComposed
    case compatibilityDecomposed

    func apply(to bytes: [UInt8]) -> [UInt8] {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
        switch self {
        case .composed: return Self.compose(bytes)
        case .decomposed: return Self.decompose(bytes)
        case .compatibilityComposed:
            return Self.compose(CompatibilityMappings.shared.apply(to: bytes))
        case .compatibilityDecomposed:
            return Self.decompose(CompatibilityMappings.shared.apply(to: bytes))
        }
    }

    private static func decompose(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 2)
        forEachKnownRun(in: bytes, bytes.indices) { range, isKnown in
            guard isKnown else { return output.append(contentsOf: bytes[range]) }
            let text = string(of: bytes[range])
            for scalar in text._nfd { output.appendUTF8(scalar.value) }
        }
        return output
    }

    /// Copies the stretches that are in NFC already and composes what lies between, each time
    /// from the last settled scalar, for a mark may join it.
    private static func compose(_ bytes: [UInt8]) -> [UInt8] {
        let classes = UnicodeClasses.shared
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var copied = 0
        var lastSettled = 0
        var index = 0
        while index < bytes.count {
            let (value, length) = bytes.scalar(at: index)
            if classes[value].contains(.composed) {
                lastSettled = index
                index += length
                continue
            }
            let start = max(lastSettled, copied)
            output.append(contentsOf: bytes[copied..<start])
            index = endOfUnsettled(in: bytes, from: index, classes)
            composeRun(bytes, start..<index, &output)
            copied = index
            lastSettled = index
        }
        output.append(contentsOf: bytes[copied...])
        return output
    }

    private static func endOfUnsettled(
        in bytes: [UInt8], from start: Int, _ classes: UnicodeClasses
    ) -> Int {
        var index = start
        while index < bytes.count {
            let (value, length) = bytes.scalar(at: index)
            if classes[value].contains(.composed) { break }
            index += length
        }
        return index
    }

    private static func composeRun(
        _ bytes: [UInt8], _ range: Range<Int>, _ output: inout [UInt8]
    ) {
        forEachKnownRun(in: bytes, range) { range, isKnown in
            guard isKnown else { return output.append(contentsOf: bytes[range]) }
            let text = string(of: bytes[range])
            for scalar in text._nfc { output.appendUTF8(scalar.value) }
        }
    }

    /// Calls `body` with maximal runs of scalars that are, or are not, known to Unicode 9.0.
    private static func forEachKnownRun(
        in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>, Bool) -> Void
    ) {
        let classes = UnicodeClasses.shared
        var start = range.lowerBound
        var index = range.lowerBound
        var runIsKnown = true
        while index < range.upperBound {
            let (value, length) = bytes.scalar(at: index)
            let isKnown = !classes[value].contains(.normalizationBarrier)
            if isKnown != runIsKnown {
                if start < index { body(start..<index, runIsKnown) }
                start = index
                runIsKnown = isKnown
            }
            index += length
        }
        if start < range.upperBound { body(start..<range.upperBound, runIsKnown) }
    }

    /// The text, with three Tibetan vowels spelled out. They decompose into marks only, but count
    /// as starters, so the standard library does not move their parts past marks before them.
    private static func string(of bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(0xE0) else { return String(decoding: bytes, as: UTF8.self) }
        var spelled: [UInt8] = []
        for value in Array(bytes).scalarValues {
            switch value {
            case 0xF73: spelled += [0xE0, 0xBD, 0xB1, 0xE0, 0xBD, 0xB2]
            case 0xF75: spelled += [0xE0, 0xBD, 0xB1, 0xE0, 0xBD, 0xB4]
            case 0xF81: spelled += [0xE0, 0xBD, 0xB1, 0xE0, 0xBE, 0x80]
            default: spelled.appendUTF8(value)
            }
        }
        return String(decoding: spelled, as: UTF8.self)
    }
}
