import Domain
import Planning
import TestSupport
import Testing

struct WaitEstimateTests {
    private static let slots = 200
    private static let latency = 0.05
    private static let rate = Double(slots) / latency

    enum Shape: CaseIterable {
        case geometric
        case even
        case twoKinds

        func length(_ random: inout SplitMix64) -> Int {
            switch self {
            case .even: return .random(in: 50...450, using: &random)
            case .twoKinds: return Int.random(in: 0..<4, using: &random) == 0 ? 800 : 100
            case .geometric:
                var length = 8
                while .random(in: 0..<25, using: &random) > 0 { length += 8 }
                return length
            }
        }
    }

    /// When each of 2,000 queued requests starts, where the slots have been busy for long, and
    /// what is known of lengths by then.
    private func queue(_ shape: Shape, seed: UInt64) -> (waits: [Double], lengths: LengthHistory) {
        var random = SplitMix64(seed: seed)
        var lengths = LengthHistory(AutoscalingConfiguration())
        var slots = Tournament<Double>()
        for slot in 0..<Self.slots { slots.set(0, at: slot) }
        var freeAt = [Double](repeating: 0, count: Self.slots)
        var starts: [Double] = []
        for request in 0..<4001 {
            guard let slot = slots.winner else { break }
            starts.append(freeAt[slot])
            let length = shape.length(&random)
            if request < 1800 { lengths.note(length) }
            freeAt[slot] += Double(length) * Self.latency
            slots.set(freeAt[slot], at: slot)
        }
        return (starts.suffix(2001).map { $0 - starts[2000] }, lengths)
    }

    /// C14: of the differences between waits at least 95 of 100 parts are foreseen.
    @Test(arguments: Shape.allCases, 0..<5 as Range<UInt64>)
    func waitsAreForeseen(shape: Shape, seed: UInt64) throws {
        let (waits, lengths) = queue(shape, seed: seed)
        let mean = waits.reduce(0, +) / Double(waits.count)
        var (unexplained, total) = (0.0, 0.0)
        for (ahead, wait) in waits.enumerated() {
            let estimate = try #require(
                WaitEstimate(ahead: ahead, lengths: lengths, tokensPerSecond: Self.rate))
            let expected = estimate.expected.seconds
            unexplained += (wait - expected) * (wait - expected)
            total += (wait - mean) * (wait - mean)
        }
        #expect(1 - unexplained / total >= 0.95)
    }

    /// C14: a wait is above its bound in fewer than 5 of 100 queues, whatever the place in it.
    @Test(arguments: Shape.allCases)
    func boundsHold(shape: Shape) throws {
        var (within, all) = (0, 0)
        for seed in 0..<20 as Range<UInt64> {
            let (waits, lengths) = queue(shape, seed: 100 + seed)
            for ahead in stride(from: 100, through: 2000, by: 100) {
                let estimate = try #require(
                    WaitEstimate(ahead: ahead, lengths: lengths, tokensPerSecond: Self.rate))
                all += 1
                if waits[ahead] <= estimate.bound(deviations: 2).seconds { within += 1 }
            }
        }
        #expect(Double(within) >= 0.95 * Double(all))
    }

    @Test func formulas() throws {
        var configuration = AutoscalingConfiguration()
        (configuration.assumedLengthWeight, configuration.rememberedLengths) = (0, 1 << 40)
        var lengths = LengthHistory(configuration)
        for _ in 0..<50_000 {
            lengths.note(100)
            lengths.note(300)
        }
        #expect(abs(lengths.mean - 200) < 1e-6 && abs(lengths.deviation - 100) < 1e-6)
        let estimate = try #require(
            WaitEstimate(ahead: 400, lengths: lengths, tokensPerSecond: 1000))
        #expect(abs(estimate.expected.seconds - 80) < 1e-6)
        // The root of 400 times 100, and 0.2 % for a mean from 100,000 lengths.
        #expect(abs(estimate.deviation.seconds - 2.004) < 1e-3)
        #expect(abs(estimate.bound(deviations: 2).seconds - 84.008) < 1e-2)
        #expect(WaitEstimate(ahead: 1, lengths: lengths, tokensPerSecond: 0) == nil)
    }

    @Test func longQueuesAreMoreCertain() throws {
        let lengths = LengthHistory(AutoscalingConfiguration())
        func spread(_ ahead: Int) throws -> Double {
            let estimate = try #require(
                WaitEstimate(ahead: ahead, lengths: lengths, tokensPerSecond: 1))
            return estimate.deviation / estimate.expected
        }
        #expect(try spread(2000) < spread(20))
        #expect(try spread(20) < spread(1))
    }

    @Test func oldLengthsFade() {
        var configuration = AutoscalingConfiguration()
        configuration.rememberedLengths = 100
        var lengths = LengthHistory(configuration)
        #expect(lengths.mean == 256 && lengths.deviation == 256)
        for _ in 0..<1000 { lengths.note(1000) }
        #expect(abs(lengths.mean - 1000) < 1 && lengths.deviation < 30)
        for _ in 0..<1000 { lengths.note(10) }
        #expect(abs(lengths.mean - 10) < 1 && lengths.deviation < 30)
    }
}
