/// A number of tokens.
@usableFromInline
package typealias TokenCount = Int

/// A number of KV blocks.
@usableFromInline
package typealias BlockCount = Int

/// Blocks needed to hold `tokens` slots.
@inlinable
package func blocksNeeded(for tokens: TokenCount, blockSize: TokenCount) -> BlockCount {
    (tokens + blockSize - 1) / blockSize
}

/// A number of bytes; never a number of anything else.
package struct ByteCount: Hashable, Comparable, Sendable {
    package var bytes: Int

    package init(_ bytes: Int) { self.bytes = bytes }

    package static let zero = ByteCount(0)
    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }
    package static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

    package static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
    package static func + (left: Self, right: Self) -> Self { Self(left.bytes + right.bytes) }
    package static func - (left: Self, right: Self) -> Self { Self(left.bytes - right.bytes) }
    package static func * (left: Self, right: Int) -> Self { Self(left.bytes * right) }
    package static func += (left: inout Self, right: Self) { left.bytes += right.bytes }
    package static func -= (left: inout Self, right: Self) { left.bytes -= right.bytes }

    /// Rounded up to a multiple of `unit`.
    package func roundedUp(to unit: ByteCount) -> ByteCount {
        ByteCount((bytes + unit.bytes - 1) / unit.bytes * unit.bytes)
    }
}

extension ByteCount: CustomStringConvertible {
    /// The count in the largest binary unit that keeps it at 1 or above, such as `1.5 GiB`.
    package var description: String {
        let names = ["B", "KiB", "MiB", "GiB", "TiB"]
        var power = 0
        while power + 1 < names.count, bytes.magnitude >> (10 * UInt(power + 1)) > 0 { power += 1 }
        let tenths = (bytes * 10) >> (10 * power)
        let fraction = tenths % 10 == 0 ? "" : ".\(abs(tenths % 10))"
        return "\(tenths / 10)\(fraction) \(names[power])"
    }
}

extension ByteCount {
    /// Reads `512MiB`, `4GiB`, `4g`, `1048576`: binary units, decimal point allowed.
    package init?(parsing text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let suffix = text.dropFirst(digits.count).lowercased()
        let shifts = ["": 0, "b": 0, "k": 10, "kib": 10, "m": 20, "mib": 20, "g": 30, "gib": 30]
        guard let shift = shifts[suffix], let value = Double(digits), value >= 0,
            value * Double(1 << shift) < 1e18
        else { return nil }
        self.init(Int(value * Double(1 << shift)))
    }
}
