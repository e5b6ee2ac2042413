/// A set of scalar properties: one bit for each general category, and two more for `\s` and `\w`.
struct PropertyMask: OptionSet, Hashable {
    let rawValue: UInt32

    static let space = PropertyMask(rawValue: 1 << 30)
    static let word = PropertyMask(rawValue: 1 << 31)
    static let decimal = PropertyMask(rawValue: 1 << 8)
    static let spaceSeparator = PropertyMask(rawValue: 1 << 22)
    static let control = PropertyMask(rawValue: 1 << 25)

    /// The properties that a scalar has.
    @inline(__always)
    init(of scalarClass: ScalarClass) {
        var bits = UInt32(1) << UInt32(scalarClass.category)
        if scalarClass.contains(.space) { bits |= 1 << 30 }
        if scalarClass.contains(.word) { bits |= 1 << 31 }
        rawValue = bits
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The categories of a name such as `L`, `Lu` or `Letter`, letter case and `_` ignored;
    /// `nil` for a name that is no general category.
    init?(categoryNamed name: String) {
        let key = name.lowercased().filter { $0 != "_" && $0 != " " && $0 != "-" }
        let short = Self.longNames[key] ?? key
        var bits: UInt32 = 0
        for (index, category) in Self.names.enumerated()
        where category == short || (short.utf8.count == 1 && category.hasPrefix(short)) {
            bits |= 1 << UInt32(index)
        }
        guard bits != 0 else { return nil }
        rawValue = bits
    }

    private static let names = [
        "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "pc", "pd", "ps", "pe",
        "pi", "pf", "po", "sm", "sc", "sk", "so", "zs", "zl", "zp", "cc", "cf", "cs", "co", "cn",
    ]

    private static let longNames = [
        "letter": "l", "uppercaseletter": "lu", "lowercaseletter": "ll", "titlecaseletter": "lt",
        "modifierletter": "lm", "otherletter": "lo", "mark": "m", "nonspacingmark": "mn",
        "spacingmark": "mc", "enclosingmark": "me", "number": "n", "decimalnumber": "nd",
        "letternumber": "nl", "othernumber": "no", "punctuation": "p",
        "connectorpunctuation": "pc", "dashpunctuation": "pd", "openpunctuation": "ps",
        "closepunctuation": "pe", "initialpunctuation": "pi", "finalpunctuation": "pf",
        "otherpunctuation": "po", "symbol": "s", "mathsymbol": "sm", "currencysymbol": "sc",
        "modifiersymbol": "sk", "othersymbol": "so", "separator": "z", "spaceseparator": "zs",
        "lineseparator": "zl", "paragraphseparator": "zp", "other": "c", "control": "cc",
        "format": "cf", "surrogate": "cs", "privateuse": "co", "unassigned": "cn",
    ]

    /// The bit number of a category.
    static func index(of category: Unicode.GeneralCategory) -> Int {
        switch category {
        case .uppercaseLetter: 0
        case .lowercaseLetter: 1
        case .titlecaseLetter: 2
        case .modifierLetter: 3
        case .otherLetter: 4
        case .nonspacingMark: 5
        case .spacingMark: 6
        case .enclosingMark: 7
        case .decimalNumber: 8
        case .letterNumber: 9
        case .otherNumber: 10
        case .connectorPunctuation: 11
        case .dashPunctuation: 12
        case .openPunctuation: 13
        case .closePunctuation: 14
        case .initialPunctuation: 15
        case .finalPunctuation: 16
        case .otherPunctuation: 17
        case .mathSymbol: 18
        case .currencySymbol: 19
        case .modifierSymbol: 20
        case .otherSymbol: 21
        case .spaceSeparator: 22
        case .lineSeparator: 23
        case .paragraphSeparator: 24
        case .control: 25
        case .format: 26
        case .surrogate: 27
        case .privateUse: 28
        case .unassigned: 29
        @unknown default: 29
        }
    }
}
