package import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Lengths of which most are short and few are very long, as Llumnix generates them (§6.1, and the
/// generator of its artifact): ranks 1 to 2 · mean - 1 with probabilities in proportion to
/// rank^-exponent, scaled so that their mean is `mean`, rounded up, and cut at `longest`. What is
/// cut is gone: cut at 6144, lengths of mean 128 or 256 have a mean 1 % lower, those of 1024 4 %.
package struct PowerLaw: Hashable, Sendable {
    /// Of all lengths before they are cut; at least 1.
    package var mean: TokenCount
    /// 0 is uniform; the larger, the rarer are long ones.
    package var exponent: Double
    package var longest: TokenCount

    /// - Parameter exponent: `nil` for the one that belongs to the mean.
    package init(mean: TokenCount, exponent: Double? = nil, longest: TokenCount) {
        precondition(mean > 0 && longest > 0)
        self.mean = mean
        self.exponent = exponent ?? Self.exponent(of: mean)
        self.longest = longest
    }

    /// Llumnix's exponents by mean; between two of them it goes with the logarithm of the mean, and
    /// beyond the ends it stays.
    package static func exponent(of mean: TokenCount) -> Double {
        let (first, last) = (exponents[0], exponents[exponents.count - 1])
        guard mean > first.mean else { return first.exponent }
        guard let place = exponents.firstIndex(where: { mean <= $0.mean }) else {
            return last.exponent
        }
        let (low, high) = (exponents[place - 1], exponents[place])
        let share =
            log(Double(mean) / Double(low.mean)) / log(Double(high.mean) / Double(low.mean))
        return low.exponent + share * (high.exponent - low.exponent)
    }

    /// Rising (the artifact of Llumnix, trace generation).
    private static let exponents: [(mean: TokenCount, exponent: Double)] = [
        (128, 2), (256, 1.5), (512, 1.15), (1024, 1.0005),
    ]

    /// Lengths for so many ranks, which are drawn before: their mean counts, not the one that is to
    /// be expected, so that every seed makes the same load.
    func lengths(of ranks: [Int]) -> [TokenCount] {
        let sum = ranks.reduce(0.0) { $0 + Double($1) }
        let scale = Double(mean) * Double(ranks.count) / max(1, sum)
        return ranks.map { min(longest, Int((Double($0) * scale).rounded(.up))) }
    }
}

extension PowerLaw {
    /// Draws ranks.
    struct Ranks {
        /// By rank from 1 on: how much of all probability is at it or below.
        private var sums: [Double] = []

        /// Complexity: O(mean).
        init(of law: PowerLaw) {
            var sum = 0.0
            for rank in 1...(2 * law.mean - 1) {
                sum += pow(Double(rank), -law.exponent)
                sums.append(sum)
            }
        }

        /// Complexity: O(log mean).
        func draw(_ stream: inout RandomStream) -> Int {
            let wanted = stream.uniform() * sums[sums.count - 1]
            var low = 0
            var high = sums.count - 1
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] <= wanted { low = middle + 1 } else { high = middle }
            }
            return low + 1
        }
    }
}
