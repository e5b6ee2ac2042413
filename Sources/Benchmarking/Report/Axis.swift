#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Maps values to a stretch of the picture, with round values to write beside it.
struct Axis: Hashable {
    enum Kind: Hashable { case linear, logarithmic }

    private(set) var kind: Kind
    private(set) var low: Double
    private(set) var high: Double
    private(set) var ticks: [Double]

    /// From zero, or `low`, to a round value at or above `high`.
    static func linear(from low: Double = 0, to high: Double, tickCount: Int = 5) -> Axis {
        let top = top(low, high)
        let step = roundStep((top - low) / Double(tickCount))
        let end = low + ((top - low) / step).rounded(.up) * step
        let count = Int(((end - low) / step).rounded())
        return Axis(
            kind: .linear, low: low, high: end,
            ticks: (0...max(1, count)).map { low + Double($0) * step })
    }

    /// Exactly from `low` to `high`, ticks inside.
    static func linear(exactly low: Double, to high: Double, tickCount: Int = 6) -> Axis {
        let top = top(low, high)
        let step = roundStep((top - low) / Double(tickCount))
        let first = (low / step).rounded(.up) * step
        let count = max(0, Int(((top - first) / step + 1e-9).rounded(.down)))
        return Axis(
            kind: .linear, low: low, high: top, ticks: (0...count).map { first + Double($0) * step }
        )
    }

    /// Both ends above zero; ticks at 1, 2 and 5 times powers of ten, or at powers of ten alone
    /// where there are many.
    static func logarithmic(from low: Double, to high: Double) -> Axis {
        let low = min(max(low, 1e-9), 1e15)
        let high = min(max(high, low * 2), 1e16)
        let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        let mantissas: [Double] = log10(high / low) > 2.5 ? [1] : [1, 2, 5]
        let ticks = decades.flatMap { decade in mantissas.map { $0 * pow(10, Double(decade)) } }
        let inside = ticks.filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
        return Axis(kind: .logarithmic, low: low, high: high, ticks: inside)
    }

    /// Logarithmic when the positive values span more than a factor of 30.
    static func fitting(_ values: some Sequence<Double>) -> Axis {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let low = positive.min(), let high = positive.max() else { return .linear(to: 1) }
        return high / low > 30
            ? .logarithmic(from: low * 0.8, to: high * 1.25) : .linear(to: high * 1.05)
    }

    /// 0 at `low`, 1 at `high`; values outside are moved to the ends.
    func position(_ value: Double) -> Double {
        let share: Double
        switch kind {
        case .linear: share = (value - low) / (high - low)
        case .logarithmic: share = log(max(value, low) / low) / log(high / low)
        }
        return min(max(share, 0), 1)
    }

    /// `high` where it makes an axis; numbers may come from anybody's file.
    private static func top(_ low: Double, _ high: Double) -> Double {
        high > low ? min(max(high, low + 1e-9), 1e18) : low + 1
    }

    /// 1, 2 or 5 times a power of ten, not below `step`.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, log10(step).rounded(.down))
        let mantissa = [1, 2, 5, 10].first { $0 * power >= step * 0.999 } ?? 10
        return mantissa * power
    }
}
