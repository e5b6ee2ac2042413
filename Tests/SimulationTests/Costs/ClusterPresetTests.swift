import Cluster
import Domain
import Scheduling
import Simulation
import Testing

struct ClusterPresetTests {
    @Test func everyPresetHasANameOfItsOwn() {
        let names = ClusterPreset.all.map(\.name)
        #expect(Set(names).count == names.count)
        for preset in ClusterPreset.all { #expect(ClusterPreset.named(preset.name) == preset) }
        #expect(ClusterPreset.named("abacus") == nil)
    }

    @Test(arguments: ClusterPreset.all)
    func everyPresetSaysWhereItsNumbersComeFrom(preset: ClusterPreset) {
        #expect(preset.provenance.contains("easured") || preset.provenance.contains("derived"))
        #expect(preset.provenance.contains("Assumed:"))
        #expect(preset.device.cpuPerStep > 0 && preset.requestOverhead > .zero)
    }

    /// In GB, as model cards and papers give them: KunServe §2 says 28 and 136 GiB.
    @Test(arguments: [
        ("Llama-2-7B", 13.5), ("Llama-2-70B", 138), ("Llama-3-8B", 16.1), ("Llama-3-70B", 141.1),
        ("Qwen-72B", 144.6), ("Qwen2.5-7B", 15.2), ("Qwen2.5-14B", 29.5), ("Qwen2.5-72B", 145.4),
    ])
    func weightsAreAsLargeAsPublished(name: String, gigabytes: Double) throws {
        let model = try #require(ModelArchitecture.all.first { $0.name == name })
        #expect(abs(Double(model.weightBytes.bytes) / 1e9 / gigabytes - 1) < 0.01)
    }

    @Test func weightsAreAsLargeAsThePaperSays() {
        let small = Double(ModelArchitecture.qwen25x14B.weightBytes.bytes) / Double(1 << 30)
        let large = Double(ModelArchitecture.qwen25x72B.weightBytes.bytes) / Double(1 << 30)
        #expect(abs(small - 28) < 0.6 && abs(large - 136) < 0.7)
    }

    @Test(arguments: [
        ("Llama-3-8B", 131_072), ("Qwen2.5-14B", 196_608), ("Llama-3-70B", 327_680),
        ("Qwen2.5-72B", 327_680), ("Qwen-72B", 2_621_440), ("Llama-2-7B", 524_288),
    ])
    func tokensTakeTheBytesOfTheirKeysAndValues(name: String, bytes: Int) throws {
        let model = try #require(ModelArchitecture.all.first { $0.name == name })
        #expect(model.keyValueBytes == ByteCount(bytes))
    }

    /// By arithmetic, or as Llumnix publishes it; what is lost to whole pages is below 1 %.
    @Test(arguments: [
        ("a100-llama-3-8b", 446_000), ("a800-qwen2.5-14b", 229_000),
        ("a100-llama-3-70b", 478_000), ("h800-qwen2.5-72b", 466_000), ("a10-llama-7b", 13_616),
    ])
    func theCacheHoldsSoManyTokens(name: String, tokens: Int) throws {
        let preset = try #require(ClusterPreset.named(name))
        let shape = preset.memoryShape(blockSize: preset.blockSize)
        let blocks = shape.blockCount(pagesPerLayer: shape.kvPagesPerLayer)
        let held = blocks * preset.blockSize
        #expect(abs(Double(held) / Double(tokens) - 1) < 0.01, "\(held)")
    }

    @Test(arguments: ClusterPreset.all)
    func noPageIsLost(preset: ClusterPreset) {
        let shape = preset.memoryShape(blockSize: 16)
        let budget = preset.accelerator.memory * preset.tensorParallel
        let share = Double((shape.pageSize * shape.pageCount).bytes) / Double(budget.bytes)
        #expect(share <= 0.9 && share > 0.899)
        #expect(shape.layerCount == preset.device.layerCount)
        #expect(shape.sparePages < shape.layerCount)
        #expect(shape.kvPagesPerLayer > 0 && shape.embeddingPages > 0 && shape.headPages > 0)
        let whole = StageRange.whole(layerCount: shape.layerCount)
        let weights = shape.units(for: whole).reduce(0) { $0 + shape.pages(of: $1) }
        let lost = shape.pageSize * weights - preset.model.weightBytes
        #expect(lost >= .zero && lost < shape.pageSize * (shape.layerCount + 2))
    }

    /// Half of the layers of every instance are what KunServe drops first.
    @Test func aDropFreesHalfOfTheLayers() throws {
        let preset = try #require(ClusterPreset.named("a800-qwen2.5-14b"))
        let shape = preset.memoryShape(blockSize: 64)
        let freed = shape.freed(
            from: .whole(layerCount: 48),
            to: StageRange(layers: 0..<24, hasEmbedding: true, hasHead: false))
        #expect(abs(Double(freed.bytes) / 1e9 - 14.8) < 0.1)
    }

    @Test(arguments: ClusterPreset.all)
    func aCellCanBeMadeOfIt(preset: ClusterPreset) {
        var scheduler = SchedulerConfiguration(maxModelLength: preset.maxModelLength)
        scheduler.blockSize = preset.blockSize
        let shape = preset.memoryShape(blockSize: preset.blockSize)
        var configuration = CellConfiguration(
            scheduler: scheduler, vocabularySize: preset.vocabularySize,
            instances: Array(repeating: shape, count: preset.instanceCount))
        configuration.headCost = preset.headCost
        let cell = Cell(configuration: configuration)
        cell.checkInvariants()
        #expect(preset.headCost > 0.2 && preset.headCost < 8)
        #expect(preset.links.activationBytesPerToken == 2 * preset.model.hiddenSize)
    }
}
