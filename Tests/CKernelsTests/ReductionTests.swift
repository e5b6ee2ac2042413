internal import CKernels
import TestSupport
internal import Testing

@Suite struct ReductionTests {
    @Test(arguments: Tier.all)
    func largestAndItsFirstIndex(tier: Tier) {
        for n in Array(1...70) + [127, 128, 129, 200, 500] {
            var chance = SplitMix64(seed: n)
            // Few values, so that ties are common.
            let x = (0..<n).map { _ in Float(chance.int(-3...3)) }
            let best = x.max()
            #expect(tier.table.max(x, n) == best)
            #expect(tier.table.argmax(x, n) == x.firstIndex { $0 == best })
        }
    }

    @Test(arguments: Tier.all)
    func notANumberNeverWins(tier: Tier) {
        for n in 1...80 {
            var chance = SplitMix64(seed: n)
            var x = chance.floats(n).map { $0 > 0 ? Float.nan : $0 }
            let best = x.filter { !$0.isNaN }.max()
            let expected = x.firstIndex { $0 == best } ?? 0
            #expect(tier.table.argmax(x, n) == expected)
            #expect(tier.table.max(x, n) == best ?? -.infinity)
            x = [Float](repeating: .nan, count: n)
            #expect(tier.table.argmax(x, n) == 0)
            x[n - 1] = -.infinity
            #expect(tier.table.argmax(x, n) == n - 1)
            x[n - 1] = .infinity
            #expect(tier.table.argmax(x, n) == n - 1)
        }
    }

    @Test(arguments: Tier.all)
    func logSumExpIsStable(tier: Tier) {
        for (n, shift) in [(1, 0), (5, 1000), (16, -1000), (33, 80), (1000, 0), (5000, 3)] {
            var chance = SplitMix64(seed: n)
            let x = chance.floats(n, -10...10).map { $0 + Float(shift) }
            let best = Double(x.max() ?? 0)
            let sum = x.reduce(0.0) { $0 + exponential(Double($1) - best) }
            let result = Double(tier.table.log_sum_exp(x, n))
            // exp(result) = exp(best) · sum, without a logarithm of our own.
            let ratio = exponential(result - best) / sum
            let resolution = Double(Float(best).ulp)
            #expect((ratio - 1).magnitude < 1e-6 + 2 * resolution, "\(n) \(shift)")
        }
    }

    @Test(arguments: Tier.all)
    func logSumExpOfTheExtremes(tier: Tier) {
        let logSumExp = tier.table.log_sum_exp
        #expect(logSumExp?([-.infinity, 0, -.infinity], 3) == 0)
        #expect(logSumExp?([-.infinity, -.infinity], 2) == -.infinity)
        #expect(logSumExp?([.infinity, 0], 2) == .infinity)
        #expect(logSumExp?([3.5], 1) == 3.5)
        #expect(logSumExp?([0, .nan], 2).isNaN == true)
        #expect(logSumExp?([0, -1e30, -200], 3) == 0)
    }
}
