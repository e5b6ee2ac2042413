#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Numbers as people read them.
package enum NumberText {
    /// With exactly `digits` digits after the point, rounded half away from zero; at most 9.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let scale = pow(10, Double(digits))
        guard value.magnitude * scale < 1e18 else { return "\(value)" }
        let scaled = Int64((value.magnitude * scale).rounded())
        let whole = scaled / Int64(scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(scaled % Int64(scale))
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }

    /// About three significant digits, without trailing zeros: `0.125`, `12.5`, `1234`.
    package static func short(_ value: Double) -> String {
        let magnitude = value.magnitude
        let digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
        return trimmed(fixed(value, digits))
    }

    /// A count with `k`, `M` or `G` from a thousand on.
    package static func compact(_ value: Double) -> String {
        for (unit, name) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value.magnitude >= unit {
            return short(value / unit) + name
        }
        return short(value)
    }

    /// Milliseconds below one second, seconds from there.
    package static func milliseconds(_ value: Double) -> String {
        value.magnitude < 1000 ? short(value) + " ms" : short(value / 1000) + " s"
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var digits = Substring(text)
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return String(digits)
    }
}
