import Domain
import Planning
import TestSupport

/// An instance on which a step takes 20 ms and 0.4 ms for each sequence, as full as it may be.
struct ToyEngine {
    /// Beyond this more sequences make steps longer and generate nothing.
    var usefulConcurrency = Int.max
    /// Standard deviation of the latency, as a share of it.
    var noise = 0.0
    var objective = Duration.milliseconds(100)
    var isFull = true
    var mostRunning = 4096
    var capacity = 1 << 30
    var tokensPerRequest = 500.0
    private var random: SplitMix64

    init(seed: UInt64 = 0) { random = SplitMix64(seed: seed) }

    /// The largest batch with which the objective holds.
    var idealSize: Double { (objective.seconds - 0.02) / 0.0004 }

    mutating func run(_ size: Int) -> BatchWindow {
        let latency = (0.02 + 0.0004 * Double(size)) * (1 + noise * normal())
        let throughput = Double(min(size, usefulConcurrency)) / latency
        return BatchWindow(
            duration: .seconds(10), generated: Int(throughput * 10),
            interTokenLatency: .seconds(latency), objective: objective, isFull: isFull,
            mostRunning: mostRunning, capacity: capacity, tokensPerRequest: tokensPerRequest)
    }

    /// Nearly normal with deviation 1, and never further than 8 from 0.
    private mutating func normal() -> Double { Double(random.bits(of: 1) - 32) / 4 }
}

extension SplitMix64 {
    /// Set bits of so many random words: on average 32 of each, give or take 4 for one.
    mutating func bits(of words: Int) -> Int {
        (0..<words).reduce(0) { sum, _ in sum + next().nonzeroBitCount }
    }
}
