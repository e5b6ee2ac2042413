import Testing

@testable import Benchmarking

struct PowerLawTests {
    private static func rows(
        _ input: PowerLaw, _ output: PowerLaw, count: Int = 10_000, seed: UInt64
    ) -> [TraceRow] {
        let arrivals = (0..<count).map {
            TraceRow(arrivalSeconds: Double($0), inputTokens: 1, outputTokens: 1)
        }
        var plan = ArrivalPlan(.rows(arrivals, seconds: Double(count)))
        plan.lengths = .powerLaw(input: input, output: output)
        return plan.arrivals(rateScale: 1, seed: seed)
    }

    /// Llumnix's table of its generated lengths: the means, and medians and P99 of one sample.
    @Test(
        arguments: [(128, 38.0, 1464.0), (256, 32, 4208), (512, 55, 5166)], 0..<4 as Range<UInt64>)
    func lengthsAreThoseOfLlumnix(published: (mean: Int, p50: Double, p99: Double), seed: UInt64) {
        let law = PowerLaw(mean: published.mean, longest: 6144)
        let rows = Self.rows(law, law, seed: seed)
        for side in [rows.map(\.inputTokens), rows.map(\.outputTokens)] {
            let lengths = Distribution(side.map(Double.init))
            #expect(abs(lengths.mean / Double(published.mean) - 1) < 0.025, "\(lengths.mean)")
            #expect(abs(lengths.median / published.p50 - 1) < 0.2, "\(lengths.median)")
            #expect(abs(lengths.percentile(99) / published.p99 - 1) < 0.25)
            #expect(lengths.values.first ?? 0 >= 1 && lengths.values.last ?? 0 <= 6144)
        }
    }

    /// Before the cut the mean is exact, but for rounding up.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func everySeedIsTheSameLoad(seed: UInt64) {
        let law = PowerLaw(mean: 128, longest: 1 << 24)
        for count in [1, 7, 3000] {
            let rows = Self.rows(law, law, count: count, seed: seed)
            let mean = Double(rows.reduce(0) { $0 + $1.inputTokens }) / Double(count)
            #expect(mean >= 128 - 1e-6 && mean < 129)
        }
        #expect(Self.rows(law, law, count: 0, seed: seed).isEmpty)
    }

    @Test func promptsAndAnswersAreIndependent() {
        let (short, long) = (PowerLaw(mean: 128, longest: 6144), PowerLaw(mean: 512, longest: 6144))
        let rows = Self.rows(short, long, seed: 1)
        let logs = rows.map {
            (
                Double($0.inputTokens.bitWidth - $0.inputTokens.leadingZeroBitCount),
                Double($0.outputTokens.bitWidth - $0.outputTokens.leadingZeroBitCount)
            )
        }
        let count = Double(logs.count)
        let means = (logs.reduce(0) { $0 + $1.0 } / count, logs.reduce(0) { $0 + $1.1 } / count)
        var (both, left, right) = (0.0, 0.0, 0.0)
        for place in logs.indices {
            let (x, y) = (logs[place].0 - means.0, logs[place].1 - means.1)
            both += x * y
            left += x * x
            right += y * y
        }
        #expect(abs(both / (left * right).squareRoot()) < 0.05)
        #expect(rows == Self.rows(short, long, seed: 1) && rows != Self.rows(short, long, seed: 2))
    }

    @Test func exponentsGoWithTheMean() {
        for (mean, exponent) in [
            (1, 2.0), (64, 2), (128, 2), (256, 1.5), (512, 1.15), (1024, 1.0005), (60_000, 1.0005),
        ] {
            #expect(abs(PowerLaw.exponent(of: mean) - exponent) < 1e-12)
        }
        let between = (128...1024).map { PowerLaw.exponent(of: $0) }
        #expect(zip(between, between.dropFirst()).allSatisfy { $0 > $1 })
        #expect(PowerLaw(mean: 256, exponent: 0.5, longest: 9).exponent == 0.5)
    }

    /// Without an exponent all ranks are equally likely.
    @Test func anExponentOfZeroIsUniform() {
        var stream = RandomStream(seed: 4, for: .lengths)
        let ranks = PowerLaw.Ranks(of: PowerLaw(mean: 5, exponent: 0, longest: 100))
        var counts = Array(repeating: 0, count: 10)
        for _ in 0..<9000 { counts[ranks.draw(&stream)] += 1 }
        #expect(counts[0] == 0 && counts.dropFirst().allSatisfy { abs($0 - 1000) < 150 })
    }

    @Test func ofOneRankAllAreEqual() {
        let law = PowerLaw(mean: 1, longest: 1)
        #expect(Self.rows(law, law, count: 50, seed: 0).allSatisfy { $0.inputTokens == 1 })
    }

    @Test func allAtOnceIsAsManyAtAnyRate() {
        let plan = ArrivalPlan(.phases([.init(arrivals: ArrivalProcess(), count: 300)]))
        for scale in [0.5, 1, 3] {
            let rows = plan.arrivals(rateScale: scale, seed: 1)
            #expect(rows.count == 300 && rows.allSatisfy { $0.arrivalSeconds == 0 })
            #expect(plan.expectedCount(rateScale: scale) == 300)
        }
    }
}
