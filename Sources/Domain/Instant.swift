/// A point in time: nanoseconds since an origin that the shell chooses (process start, or the
/// start of a simulation). Differences are `Duration`s; the two cannot stand for each other.
@usableFromInline
package struct Instant: Hashable, Comparable, Sendable {
    @usableFromInline package let nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable
    package static var zero: Self { Self(nanoseconds: 0) }

    @inlinable
    package static func == (left: Self, right: Self) -> Bool {
        left.nanoseconds == right.nanoseconds
    }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    @inlinable
    package static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    @inlinable
    package static func + (left: Self, right: Duration) -> Self {
        Self(nanoseconds: left.nanoseconds + right.nanoseconds)
    }

    /// Later by so many nanoseconds: for hot paths, where a `Duration`'s 128 bits tell.
    @inlinable
    package func advanced(byNanoseconds nanoseconds: Int64) -> Self {
        Self(nanoseconds: self.nanoseconds + nanoseconds)
    }
}

extension Duration {
    /// The whole duration in nanoseconds; durations here are far below the 292 years that fit.
    @inlinable
    package var nanoseconds: Int64 {
        // Most fit into 64 bits, which divide many times faster.
        if let short = Int64(exactly: attoseconds) { return short / 1_000_000_000 }
        return Int64(attoseconds / 1_000_000_000)
    }

    /// The duration in seconds, for people and histograms.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
