import Testing

@testable import Benchmarking

struct ArrivalTests {
    @Test func noRateIsAllAtOnce() {
        #expect(ArrivalProcess().arrivals(3, seed: 1) == [0, 0, 0])
    }

    @Test(arguments: [0.25, 1, 4])
    func theMeanRateIsExact(burstiness: Double) throws {
        let process = ArrivalProcess(requestsPerSecond: 20, burstiness: burstiness)
        let times = process.arrivals(1000, seed: 7)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(abs(try #require(times.last) - 50) < 1e-9)
        #expect(times == process.arrivals(1000, seed: 7))
        #expect(times != process.arrivals(1000, seed: 8))
    }

    /// The coefficient of variation of Gamma gaps is 1 / √shape.
    @Test(arguments: [0.25, 1, 4])
    func gapsAreAsBurstyAsAsked(burstiness: Double) {
        let process = ArrivalProcess(requestsPerSecond: 1, burstiness: burstiness)
        let times = process.arrivals(20_000, seed: 1)
        let gaps = Distribution(zip(times, times.dropFirst()).map { $1 - $0 })
        let variation = gaps.standardDeviation / gaps.mean
        #expect(abs(variation - 1 / burstiness.squareRoot()) < 0.06 / burstiness.squareRoot())
    }

    @Test func infiniteBurstinessIsAClock() {
        let process = ArrivalProcess(requestsPerSecond: 4, burstiness: .infinity)
        #expect(process.arrivals(4, seed: 1) == [0.25, 0.5, 0.75, 1])
    }

    @Test func randomLengthsStayInTheirRange() {
        var workload = RandomWorkload()
        workload.count = 500
        workload.inputTokens = 100
        workload.outputTokens = 10
        workload.rangeRatio = 0.5
        workload.prefixTokens = 20
        let made = workload.make()
        #expect(made.requests.count == 500)
        #expect(made.requests.allSatisfy { (70...170).contains($0.plannedInputTokens ?? 0) })
        #expect(made.requests.allSatisfy { (5...15).contains($0.outputTokens) })
        #expect(Set(made.requests.map(\.outputTokens)).count == 11)
        #expect(Set(made.requests.map(\.prompt)).count == 500)
        #expect(made == workload.make())
    }

    @Test func promptsShareTheirPrefixOnly() {
        let maker = PromptMaker(vocabulary: 16..<2000, prefixTokens: 8, seed: 1)
        func tokens(_ seed: UInt64) -> [Int] {
            var tokens: [Int] = []
            maker.forEachToken(count: 40, seed: seed) { tokens.append($0) }
            return tokens
        }
        let (first, second) = (tokens(1), tokens(2))
        #expect(first.count == 40)
        #expect(first.allSatisfy { (16..<2000).contains($0) })
        #expect(first.prefix(8) == second.prefix(8))
        #expect(zip(first, second).dropFirst(8).count { $0 == $1 } < 3)
        #expect(first == tokens(1))
        #expect(maker.text(count: 12, seed: 1).split(separator: " ").count == 12)
    }
}
