/// What the tokenizer needs to know of a scalar, packed for one table look-up.
///
/// The reference implementation mixes versions of Unicode: split patterns follow 16.0, the
/// normalization forms and accents 9.0, punctuation 8.0 and digits the newest. The flags repeat
/// this, so that ids agree for newly assigned scalars too.
struct ScalarClass: OptionSet {
    let rawValue: UInt16

    /// The general category as a bit number of `PropertyMask`.
    var category: Int { Int(rawValue & 0x1F) }

    static let space = ScalarClass(rawValue: 1 << 5)
    /// `\w` inside the classes of split patterns.
    static let word = ScalarClass(rawValue: 1 << 6)
    /// A word character for added tokens and for the `Whitespace` pre-tokenizer.
    static let plainWord = ScalarClass(rawValue: 1 << 7)
    static let punctuation = ScalarClass(rawValue: 1 << 8)
    static let numeric = ScalarClass(rawValue: 1 << 9)
    /// Unknown to the normalization forms: it neither changes nor composes.
    static let normalizationBarrier = ScalarClass(rawValue: 1 << 10)
    /// A text of such scalars only is in NFC, and NFC never joins one to what is before it.
    static let composed = ScalarClass(rawValue: 1 << 11)
    /// `\p{L}`.
    static let letter = ScalarClass(rawValue: 1 << 12)
    /// `\p{N}`.
    static let number = ScalarClass(rawValue: 1 << 13)
    /// What `StripAccents` takes away.
    static let accent = ScalarClass(rawValue: 1 << 14)
}

/// The classes of all scalars: pages of 256, equal pages of large blocks stored once.
struct UnicodeClasses: Sendable {
    static let shared = UnicodeClasses()

    /// Where the page of each scalar's upper bits starts in `entries`. ASCII starts at 0.
    private var starts: [Int32] = []
    private var entries: [UInt16] = []

    @inline(__always)
    subscript(scalar: UInt32) -> ScalarClass {
        let start = Int(starts[Int(scalar >> 8)])
        return ScalarClass(rawValue: entries[start + Int(scalar & 0xFF)])
    }

    private init() {
        let uniform = UniformBlock.all
        starts.reserveCapacity(0x1100)
        var shared: [UInt16: Int32] = [:]
        for page in UInt32(0)..<0x1100 {
            let scalars = page << 8...page << 8 | 0xFF
            let start = Int32(entries.count)
            guard let block = uniform.first(where: { $0.covers(scalars) }) else {
                entries += scalars.map { value in Self.classify(value).rawValue }
                starts.append(start)
                continue
            }
            let value = Self.classify(block.range.lowerBound).rawValue
            if shared[value] == nil {
                shared[value] = start
                entries += [UInt16](repeating: value, count: 256)
            }
            starts.append(shared[value] ?? start)
        }
    }

    private static func classify(_ value: UInt32) -> ScalarClass {
        guard let scalar = Unicode.Scalar(value) else {
            return ScalarClass(rawValue: UInt16(PropertyMask.index(of: .unassigned)))
        }
        return ScalarClassifier(scalar).result
    }
}

/// A block in which all scalars are alike; the table is built in milliseconds because these are
/// looked at once.
private struct UniformBlock {
    var range: ClosedRange<UInt32>

    func covers(_ page: ClosedRange<UInt32>) -> Bool {
        range.lowerBound <= page.lowerBound && page.upperBound <= range.upperBound
    }

    static let all: [UniformBlock] = [
        UniformBlock(range: 0x3400...0x4DBF), UniformBlock(range: 0x4E00...0x9FFF),
        UniformBlock(range: 0xAC00...0xD7A3), UniformBlock(range: 0xD800...0xDFFF),
        UniformBlock(range: 0xE000...0xF8FF), UniformBlock(range: 0x17000...0x187F7),
        UniformBlock(range: 0x20000...0x2A6DF), UniformBlock(range: 0x2A700...0x2B739),
        UniformBlock(range: 0x2B820...0x2CEA1), UniformBlock(range: 0x2CEB0...0x2EBE0),
        UniformBlock(range: 0x30000...0x3134A), UniformBlock(range: 0x31350...0x323AF),
        UniformBlock(range: 0x40000...0xDFFFD), UniformBlock(range: 0xE1000...0xEFFFD),
        UniformBlock(range: 0xF0000...0xFFFFD), UniformBlock(range: 0x100000...0x10FFFD),
    ]
}
