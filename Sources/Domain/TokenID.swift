/// One entry of a vocabulary.
@usableFromInline
package struct TokenID: Hashable, Comparable, Sendable, RawRepresentable,
    ExpressibleByIntegerLiteral, CustomStringConvertible
{
    @usableFromInline package let rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable
    package init(integerLiteral value: UInt32) { self.rawValue = value }

    /// The token as a row of the embedding or a column of the logits.
    @inlinable
    package var index: Int { Int(rawValue) }

    @inlinable
    package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    @inlinable
    package var description: String { "\(rawValue)" }
}
