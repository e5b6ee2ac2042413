import Domain
import Simulation
import TestSupport
import Testing

struct DurationHistogramTests {
    @Test(arguments: 0..<10)
    func quantilesAreCloseToTheValues(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let values = (0..<2000).map { _ in
            Int64.random(in: 0..<(1 << Int64.random(in: 1...62, using: &random)), using: &random)
        }
        var histogram = DurationHistogram()
        for value in values { histogram.add(nanoseconds: value) }
        let sorted = values.sorted()
        let quantiles = histogram.quantiles(values.count).map(\.nanoseconds)
        #expect(quantiles.count == values.count && quantiles == quantiles.sorted())
        for (place, value) in quantiles.enumerated() {
            let exact = sorted[place]
            #expect(abs(Double(value) - Double(exact)) <= 1 + Double(exact) * 0.016)
        }
        #expect(histogram.maximum?.nanoseconds == sorted.last)
        let mean = values.reduce(0.0) { $0 + Double($1) } / 2000
        #expect(abs(Double(try #require(histogram.mean).nanoseconds) / mean - 1) < 1e-9)
    }

    @Test func fewQuantilesSpanAll() {
        var histogram = DurationHistogram()
        for value in 0..<1001 { histogram.add(nanoseconds: Int64(value) * 1_000_000) }
        let quantiles = histogram.quantiles(11).map { $0.nanoseconds / 1_000_000 }
        #expect(quantiles.first == 0 && quantiles.last == 1000)
        for (place, value) in quantiles.enumerated() {
            #expect(abs(value - Int64(place) * 100) <= 16)
        }
        #expect(histogram.quantiles(1).map(\.nanoseconds) == [1_000_000_000])
        #expect(histogram.quantiles(5000).count == 1001)
        #expect(histogram.sum == .milliseconds(500_500) && DurationHistogram().sum == .zero)
    }

    @Test func extremesAreTaken() {
        var histogram = DurationHistogram()
        for value in [Int64.min, -1, 0, .max] { histogram.add(nanoseconds: value) }
        #expect(histogram.count == 4)
        #expect(histogram.quantiles(4).map(\.nanoseconds) == [0, 0, 0, .max])
    }
}
