import Domain
import Scheduling
import Simulation
import Testing

struct ClusterCostsTests {
    private static func fitted(_ change: (inout FittedCosts) -> Void) -> FittedCosts {
        let decode = BatchCostModel.Decode(
            perStep: 0.02, perSequence: 1e-5, perContextToken: 1e-7)
        var costs = FittedCosts(
            batch: BatchCostModel(
                perPair: 1e-7, perToken: 1e-5, perChunk: 1e-3, shared: 1e-3, decode: decode),
            layerCount: 4)
        change(&costs)
        return costs
    }

    @Test func stagesShareTheTimeOfTheWholeModel() {
        let fitted = Self.fitted {
            $0.stepOverhead = .zero
            $0.headCost = 1.5
            $0.embeddingCost = 0.5
        }
        let costs = ClusterCosts(fitted, copyBytesPerSecond: 1e5)
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
        let stuck = ClusterCosts(Self.fitted { _ in }, copyBytesPerSecond: 0)
        #expect(stuck.time(toCopy: ByteCount(1)) == .seconds(10_000))
        #expect(stuck.time(toCopy: .zero) == .zero)
        let load = BatchLoad(decodingAfter: 1)
        let slow = Self.fitted { $0.batch.decode.perStep = .infinity }
        #expect(slow.time(of: load, in: .whole(layerCount: 4)) < .seconds(10_001))
        let none = Self.fitted { $0.batch.decode.perStep = .nan }
        #expect(none.time(of: load, in: .whole(layerCount: 4)) == none.stepOverhead)
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
        #expect(costs.layerCount == 4)
        #expect(costs.time(toCopy: ByteCount(1 << 20)) > .zero)
        #expect(costs.time(of: BatchLoad(decodingAfter: 1), in: .whole(layerCount: 4)) > .zero)
    }

    @Test func aChangeOfMemoryTakesItsTimeAndThatOfItsMoves() {
        var costs = ClusterCosts(Self.fitted { _ in }, copyBytesPerSecond: 1e6)
        costs.memoryChange = .milliseconds(7)
        var change = MemoryChange()
        #expect(costs.time(of: change, blockBytes: ByteCount(100)) == .milliseconds(7))
        change.moves = [.init(source: BlockID(9), target: BlockID(1))]
        change.movedLayers = 0..<10
        #expect(costs.time(of: change, blockBytes: ByteCount(100)) == .milliseconds(8))
    }

    @Test func instancesAreOnNodesInOrder() {
        let preset = ClusterPreset.named("h800-qwen2.5-72b")
        let links = preset?.links
        #expect(links?.speed(from: InstanceID(0), to: InstanceID(1)) == links?.intraNode)
        #expect(links?.speed(from: InstanceID(1), to: InstanceID(2)) == links?.interNode)
        #expect(links?.speed(from: InstanceID(3), to: InstanceID(2)) == links?.intraNode)
        #expect(links?.speed(from: InstanceID(2), to: InstanceID(2)) == links?.local)
        let one = LinkCosts(bytesPerSecond: 1e9)
        #expect(one.speed(from: InstanceID(0), to: InstanceID(999)) == one.intraNode)
    }

    @Test func aMessageTakesItsLatencyAndItsBytes() {
        let speed = LinkSpeed(latency: .microseconds(20), bytesPerSecond: 1e9)
        #expect(speed.time(of: ByteCount(1_000_000)) == .microseconds(1020))
        #expect(speed.time(of: .zero) == .zero)
    }
}
