internal import Domain

extension FieldReader {
    /// A whole number; `2.0` counts as one.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.exactInteger else { throw mismatch(key, "an integer") }
        guard range.contains(number) else { throw mismatch(key, Self.describe(range)) }
        return number
    }

    /// A finite number.
    func number(_ key: String, in range: ClosedRange<Double>) throws(APIError) -> Float? {
        guard let value = value(key) else { return nil }
        guard let number = value.doubleValue else { throw mismatch(key, "a number") }
        guard range.contains(number) else {
            throw mismatch(key, Self.describe(range))
        }
        return Float(number)
    }

    /// A span of time, written in seconds.
    func seconds(_ key: String, in range: ClosedRange<Double>) throws(APIError) -> Duration? {
        try duration(key, "seconds", nanoseconds: 1e9, in: range)
    }

    /// A span of time, written in milliseconds.
    func milliseconds(_ key: String, in range: ClosedRange<Double>) throws(APIError) -> Duration? {
        try duration(key, "milliseconds", nanoseconds: 1e6, in: range)
    }

    private func duration(
        _ key: String, _ unit: String, nanoseconds: Double, in range: ClosedRange<Double>
    ) throws(APIError) -> Duration? {
        guard let value = value(key) else { return nil }
        guard let number = value.doubleValue else { throw mismatch(key, "a number of \(unit)") }
        guard range.contains(number) else { throw mismatch(key, Self.describe(range)) }
        return .nanoseconds(Int64((number * nanoseconds).rounded()))
    }

    /// Token ids below `vocabularySize`.
    func tokens(_ key: String, vocabularySize: Int) throws(APIError) -> [TokenID]? {
        guard let array = try array(key) else { return nil }
        return try tokens(array, key, vocabularySize: vocabularySize)
    }

    func tokens(
        _ array: [JSON], _ key: String, vocabularySize: Int
    ) throws(APIError) -> [TokenID] {
        var tokens: [TokenID] = []
        tokens.reserveCapacity(array.count)
        for element in array {
            guard let number = element.exactInteger else {
                throw mismatch(key, "an array of token ids")
            }
            guard number >= 0, number < vocabularySize else {
                throw .invalid(
                    "'\(path(key))' holds token \(number), outside the vocabulary of "
                        + "\(vocabularySize).", param: path(key))
            }
            tokens.append(TokenID(UInt32(number)))
        }
        return tokens
    }

    private static func describe(_ range: ClosedRange<Double>) -> String {
        range.upperBound >= Double(Float.greatestFiniteMagnitude)
            ? "at least \(range.lowerBound) and finite"
            : "from \(range.lowerBound) to \(range.upperBound)"
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        range.upperBound >= Int(Int32.max)
            ? "at least \(range.lowerBound)"
            : "from \(range.lowerBound) to \(range.upperBound)"
    }
}

extension JSON {
    /// The value when it is a whole number that fits.
    fileprivate var exactInteger: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }
}

/// Bounds of counts in requests: far above any real one, far below overflow.
enum CountRange {
    static let positive = 1...Int(Int32.max)
    static let natural = 0...Int(Int32.max)
}
