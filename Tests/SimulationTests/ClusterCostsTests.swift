import Domain
import Scheduling
import Simulation
import Testing

struct ClusterCostsTests {
    @Test func stagesShareTheTimeOfTheWholeModel() {
        var costs = Fixtures.costs
        costs.stepOverhead = .zero
        costs.headCost = 1.5
        costs.embeddingCost = 0.5
        let load = BatchLoad(decodingAfter: 100)
        let whole = costs.time(of: load, in: .whole(layerCount: 4))
        let first = costs.time(
            of: load, in: StageRange(layers: 0..<3, hasEmbedding: true, hasHead: false))
        let last = costs.time(
            of: load, in: StageRange(layers: 3..<4, hasEmbedding: false, hasHead: true))
        #expect(abs((first + last - whole).nanoseconds) <= 2)
        #expect(abs(first.seconds / whole.seconds - 3.5 / 6) < 1e-6)
    }

    @Test func noCostStopsOrOverflowsTheClock() {
        var costs = Fixtures.costs
        costs.copyBytesPerSecond = 0
        #expect(costs.time(toCopy: ByteCount(1)) == .seconds(10_000))
        #expect(costs.time(toCopy: .zero) == .zero)
        costs.batch.decode.perStep = .infinity
        let slow = costs.time(of: BatchLoad(decodingAfter: 1), in: .whole(layerCount: 4))
        #expect(slow < .seconds(10_001))
        costs.batch.decode.perStep = .nan
        let none = costs.time(of: BatchLoad(decodingAfter: 1), in: .whole(layerCount: 4))
        #expect(none == costs.stepOverhead)
    }

    @Test func aStepIsWhatItsEntriesAre() {
        var step = Step(id: StepID(0), group: GroupID(0))
        step.entries = [
            entry(first: 7, tokens: 0..<1, samples: true),
            entry(first: 3, tokens: 1..<2, samples: false),
            entry(first: 10, tokens: 2..<7, samples: true),
        ]
        let load = BatchLoad(step)
        #expect(load.decodes == 1 && load.decodePairs == 8)
        #expect(load.promptChunks == 2 && load.promptTokens == 6)
        #expect(load.promptPairs == 4 + 5 * 10 + 15)
    }

    private func entry(first: Int, tokens: Range<Int>, samples: Bool) -> StepEntry {
        StepEntry(
            sequence: SequenceID(0), firstPosition: first, tokens: tokens, blocks: 0..<0,
            output: StepOutput(sample: samples, promptLogprobs: false))
    }

    @Test func arithmeticAloneIsEnough() {
        let costs = ClusterCosts(
            ModelArithmetic(
                layerCount: 4, queryWidth: 64, keyValueWidth: 32, parameters: 1_000_000))
        #expect(costs.layerCount == 4 && costs.copyBytesPerSecond > 0)
        #expect(costs.time(of: BatchLoad(decodingAfter: 1), in: .whole(layerCount: 4)) > .zero)
    }
}
