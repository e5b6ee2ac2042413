/// A set of scalars: the meaning of a class, an escape or a literal.
struct PatternSet: Sendable, Hashable {
    /// The members below U+0080, computed once.
    private let low: UInt64
    private let high: UInt64
    private let members: Members

    indirect enum Members: Sendable, Hashable {
        case range(UInt32, UInt32)
        case properties(PropertyMask)
        case inverse(Members)
        case union([Members])
        case intersection(Members, Members)
        /// All scalars that are equal to a member when case is ignored.
        case ignoringCase(Members)
    }

    init(_ members: Members) {
        self.members = members.simplified
        let classes = UnicodeClasses.shared
        var bits: [UInt64] = [0, 0]
        for value in UInt32(0)..<0x80 where members.contains(value, classes) {
            bits[Int(value >> 6)] |= 1 << UInt64(value & 63)
        }
        low = bits[0]
        high = bits[1]
    }

    @inline(__always)
    func contains(_ value: UInt32, _ classes: UnicodeClasses) -> Bool {
        if value < 64 { return low & (1 << UInt64(value)) != 0 }
        if value < 128 { return high & (1 << UInt64(value & 63)) != 0 }
        return members.contains(value, classes)
    }
}

extension PatternSet.Members {
    static func scalar(_ value: UInt32) -> Self { .range(value, value) }

    /// `\w` outside classes: it alone includes the superscripts and fractions of Latin-1.
    static let word = Self.union([
        .properties(.word), .range(0xB2, 0xB3), .scalar(0xB9), .range(0xBC, 0xBE),
    ])

    func contains(_ value: UInt32, _ classes: UnicodeClasses) -> Bool {
        switch self {
        case .range(let first, let last): first <= value && value <= last
        case .properties(let mask): !mask.isDisjoint(with: PropertyMask(of: classes[value]))
        case .inverse(let part): !part.contains(value, classes)
        case .union(let parts): parts.contains { $0.contains(value, classes) }
        case .intersection(let left, let right):
            left.contains(value, classes) && right.contains(value, classes)
        case .ignoringCase(let part):
            part.contains(value, classes)
                || CaseFolding.variants(of: value).contains { part.contains($0, classes) }
        }
    }

    /// The same set with the properties of a union gathered in one mask, and in front.
    var simplified: Self {
        switch self {
        case .inverse(let part): return .inverse(part.simplified)
        case .union(let parts):
            var mask = PropertyMask()
            var rest: [Self] = []
            for part in parts.map(\.simplified) {
                if case .properties(let other) = part {
                    mask.formUnion(other)
                } else {
                    rest.append(part)
                }
            }
            return .union((mask.isEmpty ? [] : [.properties(mask)]) + rest)
        default: return self
        }
    }
}

/// Scalars that are equal when case is ignored, one scalar for one.
enum CaseFolding {
    static func variants(of value: UInt32) -> [UInt32] {
        // The dotless i has the capital I, which folds to another letter.
        guard value != 0x131, let scalar = Unicode.Scalar(value) else { return [] }
        let lower = lowercase(scalar)
        let upper = uppercase(scalar)
        var variants = [lower, upper, lowercase(upper), uppercase(lower)].map(\.value)
        switch variants[2] {
        case 0x73: variants.append(0x17F)
        case 0x6B: variants.append(0x212A)
        case 0xE5: variants.append(0x212B)
        default: break
        }
        return variants
    }

    private static func lowercase(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        single(scalar.properties.lowercaseMapping) ?? scalar
    }

    private static func uppercase(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        single(scalar.properties.uppercaseMapping) ?? scalar
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
}
