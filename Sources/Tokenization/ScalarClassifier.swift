/// Derives the class of one scalar from the standard library's Unicode tables.
struct ScalarClassifier {
    private let value: UInt32
    private let properties: Unicode.Scalar.Properties
    /// The Unicode version that assigned the scalar, without the part after the point.
    private let major: Int

    init(_ scalar: Unicode.Scalar) {
        value = scalar.value
        properties = scalar.properties
        major = scalar.properties.age?.major ?? .max
    }

    var result: ScalarClass {
        let category = major <= 16 ? knownCategory : .unassigned
        let index = PropertyMask.index(of: category)
        var result = ScalarClass(rawValue: UInt16(index))
        if properties.isWhitespace { result.insert(.space) }
        if index <= 4 { result.insert(.letter) }
        if (8...10).contains(index) { result.insert(.number) }
        if isWord(index) { result.insert(.plainWord) }
        if isWord(index), !isJoiner { result.insert(.word) }
        if isAccent(index) { result.insert(.accent) }
        if isPunctuation { result.insert(.punctuation) }
        if (8...10).contains(PropertyMask.index(of: properties.generalCategory)) {
            result.insert(.numeric)
        }
        if major > 9 {
            result.formUnion([.normalizationBarrier, .composed])
        } else if !(5...7).contains(index) && !Self.mayCompose(value) {
            result.insert(.composed)
        }
        return result
    }

    /// The one category that Unicode 17 changed for an older scalar.
    private var knownCategory: Unicode.GeneralCategory {
        value == 0x295 ? .lowercaseLetter : properties.generalCategory
    }

    private var isJoiner: Bool { value == 0x200C || value == 0x200D }

    /// A mark of Unicode 9.0.
    private func isAccent(_ category: Int) -> Bool {
        if value == 0x1CF2 || value == 0x1CF3 { return true }
        return (5...7).contains(category) && major <= 9 && value != 0x111C9
    }

    private func isWord(_ category: Int) -> Bool {
        guard major <= 16 else { return false }
        return isJoiner || properties.isAlphabetic || (5...8).contains(category) || category == 11
    }

    private var isPunctuation: Bool {
        if value < 0x80 {
            return (0x21...0x2F).contains(value) || (0x3A...0x40).contains(value)
                || (0x5B...0x60).contains(value) || (0x7B...0x7E).contains(value)
        }
        if value == 0x166D || value == 0x111C9 { return true }
        let index = PropertyMask.index(of: properties.generalCategory)
        return (11...17).contains(index) && major <= 8
    }

    /// Whether NFC may change the scalar or join it to the one before: blocks with decomposable
    /// scalars or conjoining letters, taken coarsely. Marks are excluded by their category.
    private static func mayCompose(_ value: UInt32) -> Bool {
        guard value >= 0x300 else { return false }
        return unsettledBlocks.contains { $0.contains(value) }
    }

    private static let unsettledBlocks: [ClosedRange<UInt32>] = [
        0x374...0x374, 0x37E...0x37E, 0x387...0x387, 0x900...0x10FF, 0x1100...0x11FF,
        0x1B00...0x1B7F, 0x1F00...0x1FFF, 0x2000...0x2001, 0x2126...0x2126, 0x212A...0x212B,
        0x2329...0x232A, 0x2ADC...0x2ADC, 0xF900...0xFAFF, 0xFB00...0xFB4F, 0x11000...0x11FFF,
        0x1D100...0x1D1FF, 0x2F800...0x2FAFF,
    ]
}
