internal import Domain

/// Text of numbers, written as bytes: tables and traces have millions of them.
extension [UInt8] {
    /// Decimal digits. Complexity: O(digits), without allocation.
    mutating func append(number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// With so many digits after the point: `units` counts the last of them.
    mutating func append(number units: Int, digits: Int) {
        if units < 0 { append(UInt8(ascii: "-")) }
        var scale: UInt = 1
        for _ in 0..<digits { scale *= 10 }
        append(number: Int(units.magnitude / scale))
        append(UInt8(ascii: "."))
        var fraction = units.magnitude % scale
        for _ in 0..<digits {
            scale /= 10
            append(UInt8(ascii: "0") + UInt8(fraction / scale))
            fraction %= scale
        }
    }

    /// Seconds to the microsecond; nothing for `nil`.
    mutating func append(seconds duration: Duration?) {
        guard let duration else { return }
        append(number: Int(duration.nanoseconds / 1000), digits: 6)
    }
}
