#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Numbers as Python writes, reads and rounds them.
enum PythonNumber {
    /// `repr` of a float: the shortest digits that read back, an exponent outside 1e-4..<1e16.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        let count = digits.utf8.count
        if point > 16 || point < -3 {
            let exponent = point - 1
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            let power = String(exponent.magnitude)
            let fill = power.utf8.count < 2 ? "0" : ""
            return sign + digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + fill + power
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= count {
            return sign + digits + String(repeating: "0", count: point - count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The value is `0.digits` times ten to the power of `point`.
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e", maxSplits: 1)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".", maxSplits: 1)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let all = String(whole) + fraction
        let leading = all.prefix { $0 == "0" }.utf8.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        if digits.isEmpty { return ("0", 1) }
        return (String(digits), whole.utf8.count + exponent - leading)
    }

    /// A float by C's `%f`, `%e` or `%g`; `style` is one of their letters, `precision` below 1000.
    static func formatted(
        _ value: Double, style: Character, precision: Int, isAlternate: Bool = false
    ) -> String {
        var buffer = [CChar](repeating: 0, count: 400 + precision)
        let format = "%" + (isAlternate ? "#" : "") + ".*" + String(style)
        let written = withVaList([Int32(precision), value]) { arguments in
            vsnprintf(&buffer, buffer.count, format, arguments)
        }
        let count = min(max(0, Int(written)), buffer.count - 1)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `round(value, digits)`: to the nearest, halves to even, decided on the exact value.
    static func rounded(_ value: Double, digits: Int) -> Double {
        guard value.isFinite, digits < 324 else { return value }
        if digits >= 0 {
            return Double(formatted(value, style: "f", precision: digits)) ?? value
        }
        guard digits > -309 else { return 0 * value }
        let scale = power(10, Double(-digits))
        return (value / scale).rounded(.toNearestOrEven) * scale
    }

    static func rounded(_ value: Int, digits: Int) -> Int? {
        guard digits < 0 else { return value }
        guard digits > -19, let scale = power(10, -digits) else { return 0 }
        let remainder = modulo(value, scale)
        guard let low = exactly(value.subtractingReportingOverflow(remainder)) else { return nil }
        let isUp =
            remainder > scale - remainder
            || remainder == scale - remainder && (low / scale) % 2 != 0
        return isUp ? exactly(low.addingReportingOverflow(scale)) : low
    }

    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

    /// `nil` where the result does not fit; `exponent` is not negative.
    static func power(_ base: Int, _ exponent: Int) -> Int? {
        if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        guard exponent < 64 else { return nil }
        var result = 1
        for _ in 0..<exponent {
            guard let next = exactly(result.multipliedReportingOverflow(by: base)) else {
                return nil
            }
            result = next
        }
        return result
    }

    /// The result of an operation of integers, unless it overflowed.
    static func exactly(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
        result.overflow ? nil : result.partialValue
    }

    /// `left // right`; `right` is not zero, and not -1 where `left` is the least integer.
    static func floorDivide(_ left: Int, _ right: Int) -> Int {
        let quotient = left / right
        return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient
    }

    /// `left % right`, with the sign of `right`; `right` is not zero.
    static func modulo(_ left: Int, _ right: Int) -> Int {
        if right == -1 { return 0 }
        let remainder = left % right
        return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
    }

    static func modulo(_ left: Double, _ right: Double) -> Double {
        let remainder = left.truncatingRemainder(dividingBy: right)
        if remainder == 0 { return right < 0 ? -0.0 : 0.0 }
        return (remainder < 0) != (right < 0) ? remainder + right : remainder
    }
}

// Reading.
extension PythonNumber {
    enum Reading {
        case value(Int)
        /// Well formed, but it does not fit.
        case tooLarge
    }

    /// What `int(text, base)` reads; `nil` where it fails. Base 0 goes by the prefix.
    static func integer(_ text: String, base: Int) -> Reading? {
        var digits = Array(text.unicodeScalars)[...]
        while digits.first?.isPythonSpace == true { digits.removeFirst() }
        while digits.last?.isPythonSpace == true { digits.removeLast() }
        let isNegative = digits.first == "-"
        if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
        var radix = base
        if let prefixed = prefixedRadix(digits), base == 0 || base == prefixed {
            digits = digits.dropFirst(2)
            if digits.first == "_" { digits.removeFirst() }
            radix = prefixed
        } else if base == 0 {
            guard digits.first != "0" || digits.allSatisfy({ $0 == "0" || $0 == "_" }) else {
                return nil
            }
            radix = 10
        }
        guard let clean = withoutGrouping(digits, isDigit: { $0.isDigit(radix: radix) }) else {
            return nil
        }
        return Int((isNegative ? "-" : "") + clean, radix: radix).map(Reading.value) ?? .tooLarge
    }

    private static func prefixedRadix(_ digits: ArraySlice<Unicode.Scalar>) -> Int? {
        guard digits.count > 1, digits.first == "0" else { return nil }
        switch digits[digits.startIndex + 1] {
        case "x", "X": return 16
        case "o", "O": return 8
        case "b", "B": return 2
        default: return nil
        }
    }

    /// The digits without single underscores between them; `nil` where something else stands.
    private static func withoutGrouping(
        _ digits: ArraySlice<Unicode.Scalar>, isDigit: (Unicode.Scalar) -> Bool
    ) -> String? {
        var clean = String.UnicodeScalarView()
        var wasDigit = false
        for scalar in digits {
            if isDigit(scalar) {
                clean.append(scalar)
                wasDigit = true
            } else if let digit = scalar.decimalDigit, isDigit(digit) {
                clean.append(digit)
                wasDigit = true
            } else if scalar == "_", wasDigit {
                wasDigit = false
            } else {
                return nil
            }
        }
        return wasDigit ? String(clean) : nil
    }

    /// What `float(text)` reads; `nil` where it fails.
    static func double(_ text: String) -> Double? {
        var scalars = Array(text.unicodeScalars)[...]
        while scalars.first?.isPythonSpace == true { scalars.removeFirst() }
        while scalars.last?.isPythonSpace == true { scalars.removeLast() }
        var clean = String.UnicodeScalarView()
        var previous: Unicode.Scalar = "_"
        for scalar in scalars {
            let scalar = scalar.decimalDigit ?? scalar
            if scalar == "_" {
                guard previous.isASCIIDigit else { return nil }
            } else {
                guard previous != "_" || clean.isEmpty || scalar.isASCIIDigit else { return nil }
                clean.append(scalar)
            }
            previous = scalar
        }
        guard previous != "_" else { return nil }
        let word = String(clean).pythonLowercased
        let unsigned = word.hasPrefix("-") || word.hasPrefix("+") ? word.dropFirst() : word[...]
        switch unsigned {
        case "inf", "infinity": return word.hasPrefix("-") ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        let allowed = unsigned.unicodeScalars.allSatisfy {
            $0.isASCIIDigit || $0 == "." || $0 == "e" || $0 == "+" || $0 == "-"
        }
        return allowed ? Double(word) ?? Double(completed(word)) : nil
    }

    /// Python reads `1.` and `.5`, Swift wants digits on both sides.
    private static func completed(_ word: String) -> String {
        var result = ""
        var previous: Character = " "
        for character in word {
            if character == ".", !previous.isNumber { result += "0" }
            if previous == ".", !character.isNumber { result += "0" }
            result.append(character)
            previous = character
        }
        return previous == "." && word.count > 1 ? result + "0" : result
    }
}
