import TestSupport
import Testing

@testable import Benchmarking

/// Statistics against values computed by hand, or with numpy.
struct DistributionTests {
    @Test func valuesOfFourNumbers() {
        let values = Distribution([4, 1, 3, 2])
        #expect(values.values == [1, 2, 3, 4])
        #expect(values.mean == 2.5)
        #expect(values.median == 2.5)
        #expect(abs(values.standardDeviation - 1.118033988749895) < 1e-12)
        #expect(abs(values.percentile(90) - 3.7) < 1e-12)
        #expect(abs(values.percentile(99) - 3.97) < 1e-12)
        #expect(values.percentile(0) == 1)
        #expect(values.percentile(100) == 4)
    }

    @Test func nothingIsZero() {
        let values = Distribution([])
        #expect(values.mean == 0)
        #expect(values.median == 0)
        #expect(values.standardDeviation == 0)
        #expect(values.percentile(99) == 0)
    }

    @Test func oneNumberIsEveryPercentile() {
        let values = Distribution([7])
        #expect(values.percentile(1) == 7)
        #expect(values.percentile(99.9) == 7)
        #expect(values.standardDeviation == 0)
    }

    @Test func notANumberIsLeftOut() {
        #expect(Distribution([.nan, 1]).values == [1])
    }

    @Test(arguments: 0..<20)
    func countsAboveLikeAScan(seed: Int) {
        var random = SplitMix64(seed: seed)
        let numbers = (0..<50).map { _ in Double(Int.random(in: 0...9, using: &random)) }
        let values = Distribution(numbers)
        for limit in stride(from: -0.5, to: 10, by: 0.5) {
            #expect(values.count(above: limit) == numbers.count { $0 > limit })
        }
    }

    @Test func numbersAsText() {
        #expect(NumberText.fixed(1.005, 2) == "1.00")
        #expect(NumberText.fixed(2.5, 0) == "3")
        #expect(NumberText.fixed(-0.04, 1) == "0.0")
        #expect(NumberText.fixed(-1.25, 1) == "-1.3")
        #expect(NumberText.fixed(.infinity, 2) == "inf")
        #expect(NumberText.fixed(12.0, 3) == "12.000")
        #expect(NumberText.short(0.125) == "0.125")
        #expect(NumberText.short(1234.4) == "1234")
        #expect(NumberText.compact(1_530_000) == "1.53M")
        #expect(NumberText.milliseconds(1500) == "1.5 s")
    }
}
