import Domain
import TestSupport
import Testing

@testable import Inference

/// Pages of weights that become KV, and what happens when they cannot.
struct DropTests {
    struct Setting: CustomStringConvertible, Sendable {
        var kind: DeepModel.Kind
        /// The layers that stay.
        var layers: LayerRange
        var description: String { "\(layers) of \(kind)" }

        static let all = zip(
            DeepModel.Kind.all + DeepModel.Kind.all, [0..<3, 3..<6, 0..<1, 2..<5, 1..<4, 0..<4]
        ).map { Setting(kind: $0, layers: $1) }

        func executor(mapping: PagePool.Mapping = .init()) throws -> CPUStageExecutor {
            let executor = try DeepModel(kind).executor(mapping: mapping)
            executor.fillKV(seed: 7)
            return executor
        }
    }

    /// The stage of a pipeline that has these layers.
    static func range(_ layers: LayerRange, of count: Int) -> StageRange {
        StageRange(
            layers: layers, hasEmbedding: layers.lowerBound == 0,
            hasHead: layers.upperBound == count)
    }

    static func drop(_ setting: Setting, _ executor: CPUStageExecutor) -> MemoryChange {
        let shape = executor.memoryShape
        return shape.drop(
            from: .whole(layerCount: shape.layerCount),
            to: range(setting.layers, of: shape.layerCount),
            spare: executor.memory.freePageCount)
    }

    @Test(arguments: Setting.all)
    func pagesAppearAtTheTails(setting: Setting) throws {
        let executor = try setting.executor()
        let shape = executor.memoryShape
        let change = Self.drop(setting, executor)
        let pages = try #require(change.grown.first).pages
        let before = MemorySnapshot(executor)
        let base = executor.kv.base(layer: setting.layers.lowerBound)
        try executor.apply(change)
        executor.checkInvariants()
        #expect(pages > 0)
        #expect(executor.memory.freePageCount < setting.layers.count)
        #expect(
            executor.blockCount(of: setting.layers)
                == shape.blockCount(pagesPerLayer: shape.kvPagesPerLayer + pages))
        #expect(
            executor.blockCount(of: 0..<shape.layerCount)
                == shape.blockCount(pagesPerLayer: shape.kvPagesPerLayer))
        #expect(change.dropped.allSatisfy { !executor.holds($0) })
        before.expectUnchanged(in: executor)
        // The tails are memory of their own, before and after the old mappings are torn down.
        let tail = shape.kvPagesPerLayer..<shape.kvPagesPerLayer + pages
        for seed in [8, 9] as [UInt64] {
            executor.fillColumns(tail, of: setting.layers, seed: seed)
            before.expectUnchanged(in: executor)
            let tails = MemorySnapshot(executor)
            try executor.memory.expectBooksMatchSystem()
            executor.settleAll()
            tails.expectUnchanged(in: executor)
        }
        #expect(executor.memory.stalePageCount == 0)
        #expect(executor.kv.base(layer: setting.layers.lowerBound) == base)
    }

    /// At every call of the system that a drop makes, a failure leaves all as it was.
    @Test(arguments: Setting.all)
    func aFailedDropChangesNothing(setting: Setting) throws {
        let faults = MappingFaults()
        let executor = try setting.executor(mapping: faults.mapping)
        let change = Self.drop(setting, executor)
        let before = MemorySnapshot(executor)
        let free = executor.memory.freePageCount
        var calls = 0
        while true {
            faults.reset()
            faults.mapsLeft = calls
            do {
                try executor.apply(change)
                break
            } catch {
                #expect(error == .system(call: "mmap", reason: Platform.Failure("").reason))
            }
            #expect(executor.memory.freePageCount == free)
            before.expectEqual(to: executor)
            try executor.memory.expectBooksMatchSystem()
            calls += 1
        }
        #expect(calls == faults.maps && calls >= setting.layers.count)
        before.expectUnchanged(in: executor)
    }

    @Test(arguments: Setting.all)
    func aDropCanBeTakenBack(setting: Setting) throws {
        let executor = try setting.executor()
        let change = Self.drop(setting, executor)
        let before = MemorySnapshot(executor)
        let blocks = executor.blockCount(of: setting.layers)
        for _ in 0..<3 {
            try executor.apply(change)
            executor.undoChange()
            #expect(executor.blockCount(of: setting.layers) == blocks)
            before.expectEqual(to: executor)
            try executor.memory.expectBooksMatchSystem()
        }
        #expect(executor.memory.stalePageCount == 0)
        #expect(change.dropped.allSatisfy(executor.holds))
    }

    /// Columns of layers that are no longer executed go, hole by hole, to those that are.
    @Test(arguments: Setting.all, 0..<2)
    func holesAreReclaimed(setting: Setting, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let executor = try setting.executor()
        let shape = executor.memoryShape
        let drop = Self.drop(setting, executor)
        try executor.apply(drop)
        var columns = shape.kvPagesPerLayer + (drop.grown.first?.pages ?? 0)
        executor.fillColumns(0..<columns, of: setting.layers, seed: 3)
        var gone: [Int] = []
        var left = Array(0..<shape.kvPagesPerLayer).shuffled(using: &random)
        let others = [0..<setting.layers.lowerBound, setting.layers.upperBound..<shape.layerCount]
        while !left.isEmpty {
            let batch = left.prefix(Int.random(in: 1...9, using: &random))
            left.removeFirst(batch.count)
            let before = MemorySnapshot(executor)
            var change = MemoryChange()
            change.vacated = others.map { layers in
                MemoryChange.VacatedColumns(
                    layers: layers, columns: batch.map { $0..<$0 + 1 })
            }
            let freed = batch.count * (shape.layerCount - setting.layers.count)
            let pages = (freed + executor.memory.freePageCount) / setting.layers.count
            change.grown = [MemoryChange.GrownLayers(layers: setting.layers, pages: pages)]
            try executor.apply(change)
            columns += pages
            #expect(
                executor.blockCount(of: setting.layers)
                    == shape.blockCount(pagesPerLayer: columns))
            before.expectUnchanged(in: executor)
            gone += batch
            for layers in others where !layers.isEmpty {
                #expect(
                    executor.blockCount(of: layers)
                        == shape.blockCount(pagesPerLayer: gone.min() ?? 0))
            }
            if Bool.random(using: &random) { executor.settleAll() }
            try executor.memory.expectBooksMatchSystem()
        }
        #expect(executor.memory.freePageCount < setting.layers.count)
    }

    /// What one change gives up and grows in the same place stays where it is.
    @Test func columnsGivenUpAndGrownStay() throws {
        let executor = try Setting.all[0].executor()
        let columns = executor.memoryShape.kvPagesPerLayer
        let before = MemorySnapshot(executor)
        var change = MemoryChange()
        change.vacated = [MemoryChange.VacatedColumns(layers: 0..<2, columns: [3..<columns])]
        change.grown = [MemoryChange.GrownLayers(layers: 0..<2, pages: columns - 3)]
        try executor.apply(change)
        #expect(executor.memory.stalePageCount == 0)
        before.expectEqual(to: executor)
    }

    /// More pages than there are is an error that names both numbers.
    @Test func tooManyPagesAreRefused() throws {
        let executor = try Setting.all[0].executor()
        let before = MemorySnapshot(executor)
        let free = executor.memory.freePageCount
        var change = MemoryChange()
        change.grown = [MemoryChange.GrownLayers(layers: 0..<6, pages: 3)]
        let error = #expect(throws: DeviceMemoryError.self) { try executor.apply(change) }
        #expect(
            error
                == .outOfPages(needed: 18, free: free, pageSize: executor.memory.pageSize))
        before.expectEqual(to: executor)
    }
}
