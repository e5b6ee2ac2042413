import Testing

@testable import Benchmarking

struct RandomStreamTests {
    @Test func equalSeedsGiveEqualDraws() {
        var left = RandomStream(seed: 5, for: .arrivals)
        var right = RandomStream(seed: 5, for: .arrivals)
        #expect((0..<100).allSatisfy { _ in left.next() == right.next() })
    }

    @Test func purposesAreIndependent() {
        var arrivals = RandomStream(seed: 5, for: .arrivals)
        var lengths = RandomStream(seed: 5, for: .lengths)
        #expect(arrivals.next() != lengths.next())
    }

    /// A workload is the same on every machine and with every library.
    @Test func drawsAreFixed() {
        var stream = RandomStream(seed: 1, for: .lengths)
        let drawn = (0..<6).map { _ in stream.integer(in: 0...999) }
        #expect(drawn == [827, 697, 478, 319, 744, 568])
    }

    @Test func integersFillTheirRange() {
        var stream = RandomStream(seed: 2, for: .lengths)
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<5000 { counts[stream.integer(in: -2...2) + 2] += 1 }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
        #expect(stream.integer(in: 4...4) == 4)
        _ = stream.integer(in: Int.min...Int.max)
    }

    @Test(arguments: [0.3, 1, 4.5])
    func gammaHasItsMoments(shape: Double) {
        var stream = RandomStream(seed: 3, for: .arrivals)
        let values = Distribution((0..<40_000).map { _ in stream.gamma(shape: shape) })
        #expect(abs(values.mean - shape) < 0.05 * shape)
        let variance = values.standardDeviation * values.standardDeviation
        #expect(abs(variance - shape) < 0.08 * shape)
    }
}
