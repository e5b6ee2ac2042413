import Cluster
import Domain
import Planning
import Simulation
import TestSupport
import Testing

struct FingerprintTests {
    /// Golden: what five policies do with one burst. A change means that the cell decides
    /// differently, or that a cost has changed; that may be right, and then it is said so here.
    private static let golden: [OverloadPolicy: UInt64] = [
        .drop: 2_989_633_761_009_728_621,
        .recompute: 6_991_141_700_066_604_147,
        .swap: 16_763_493_632_422_455_354,
        .migrate: 13_107_383_043_187_364_151,
        .staticPipeline: 14_714_536_996_425_231_887,
    ]

    /// Requests of many sizes, some of which begin alike, on three instances.
    private static let arrivals = (0..<120).map { number in
        SimulatedArrival(
            time: .milliseconds(number * 9 + number % 7), inputTokens: 10 + number * 37 % 50,
            outputTokens: 5 + number * 53 % 40,
            prefix: number % 3 == 0 ? .init(number: number % 2, tokens: 8) : nil)
    }

    @Test(arguments: OverloadPolicy.allCases)
    func isTheSameInEveryProcess(policy: OverloadPolicy) {
        var setup = SimulatedRunTests.setup(policy, Self.arrivals, instances: 3)
        if policy != .drop { setup.cell.relocationPolicy = .off }
        let first = SimulatedRunTests.run(setup)
        let second = SimulatedRunTests.run(setup)
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.fingerprint == Self.golden[policy], "\(policy)")
    }

    /// One token more in one request is another run.
    @Test func differsWhereRunsDiffer() {
        var prints = Set<UInt64>()
        for number in 0..<20 {
            var arrivals = SimulatedRunTests.burst
            arrivals[number].outputTokens += 1
            let result = SimulatedRunTests.run(SimulatedRunTests.setup(.drop, arrivals))
            prints.insert(result.fingerprint)
        }
        prints.insert(SimulatedRunTests.run(SimulatedRunTests.setup()).fingerprint)
        #expect(prints.count == 21)
    }

    @Test func everyWordAndItsPlaceCount() {
        var random = SplitMix64(seed: 1)
        let words = (0..<50).map { _ in random.next() }
        func print(_ words: [UInt64]) -> UInt64 {
            var print = Fingerprint()
            for word in words { print.add(word) }
            return print.value
        }
        var prints: Set = [print(words)]
        for place in words.indices {
            for bit in [0, 31, 63] {
                var changed = words
                changed[place] ^= 1 << bit
                prints.insert(print(changed))
            }
        }
        for place in words.indices.dropFirst() {
            var changed = words
            changed.swapAt(place - 1, place)
            prints.insert(print(changed))
        }
        #expect(prints.count == 1 + 150 + 49)
    }

    @Test func textsHaveEnds() {
        var left = Fingerprint()
        left.add("ab")
        left.add("c")
        var right = Fingerprint()
        right.add("a")
        right.add("bc")
        #expect(left != right)
    }
}
