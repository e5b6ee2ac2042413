import Domain
import Planning
import TestSupport
import Testing

struct BurstRatioTests {
    private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

    private func fit(_ counts: [Int], _ configuration: AutoscalingConfiguration = .init()) -> Double
    {
        var ratio = BurstRatio(configuration, loadTime: .seconds(15))
        ratio.advance(to: .zero)
        for (bin, count) in counts.enumerated() {
            for arrival in 0..<count {
                let share = (Double(arrival) + 0.5) / Double(count)
                ratio.noteArrival(at: at(15 * (Double(bin) + share)))
            }
        }
        ratio.advance(to: at(15 * Double(counts.count)))
        return ratio.threshold
    }

    /// C12: bursts of three times the usual in one load time of fifty.
    @Test func aThreefoldBurstGivesAThird() {
        let threshold = fit((0..<500).map { $0 % 50 == 7 ? 300 : 100 })
        #expect(abs(threshold - 1.0 / 3) < 0.05 / 3)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func noiseHardlyMatters(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let counts = (0..<500).map { bin in
            let usual = random.bits(of: 4)
            return bin % 60 == 7 ? 3 * usual : usual
        }
        #expect(abs(fit(counts) - 1.0 / 3) < 0.04)
    }

    @Test func evenArrivalsLeaveLittleRoom() {
        #expect(fit([Int](repeating: 100, count: 100)) == 0.9)
    }

    @Test func rareArrivalsWantMuch() {
        #expect(fit((0..<100).map { $0 % 50 == 0 ? 50 : 0 }) == 0.1)
    }

    @Test func littleHistoryIsNotBelieved() {
        #expect(fit([Int](repeating: 100, count: 31)) == 0.5)
        #expect(fit([Int](repeating: 100, count: 32)) == 0.9)
        #expect(fit([Int](repeating: 0, count: 100)) == 0.5)
    }

    /// What is older than the memory counts no more.
    @Test func oldBurstsAreForgotten() {
        var configuration = AutoscalingConfiguration()
        configuration.burstBins = 40
        let burst = [Int](repeating: 10, count: 30) + [1000]
        #expect(fit(burst + [Int](repeating: 10, count: 39), configuration) < 0.1 + 1e-9)
        #expect(fit(burst + [Int](repeating: 10, count: 40), configuration) == 0.9)
    }

    /// Silence is history, however long, and takes no longer for it.
    @Test func silenceCounts() {
        var ratio = BurstRatio(AutoscalingConfiguration(), loadTime: .seconds(15))
        for bin in 0..<100 {
            for _ in 0..<10 { ratio.noteArrival(at: at(Double(bin) * 15 + 1)) }
        }
        ratio.advance(to: at(1500))
        #expect(ratio.threshold == 0.9)
        ratio.advance(to: at(3000))
        #expect(ratio.threshold < 0.6)
        ratio.noteArrival(at: at(1e9))
        #expect(ratio.threshold < 0.6)
    }

    @Test func oddConfigurationsAreHarmless() {
        var configuration = AutoscalingConfiguration()
        (configuration.burstBins, configuration.leastBurstBins) = (0, 0)
        #expect(fit([1, 2, 3], configuration) == 0.5)
        var ratio = BurstRatio(configuration, loadTime: .zero)
        ratio.noteArrival(at: at(1))
        ratio.noteArrival(at: at(2))
        #expect(ratio.threshold == 0.5)
    }
}
