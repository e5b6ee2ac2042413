import Domain
import Foundation
import TestSupport
import Testing

@testable import Inference

/// Drops, reclaims and restores one after the other: two instances that become a pipeline and two
/// instances again compute the same bits all the way.
struct RestoreTests {
    /// Two instances and what they execute.
    final class Pair {
        let model: DeepModel
        let executors: [CPUStageExecutor]
        let whole: StageRange
        var ranges: [StageRange]
        var columns: [Int]
        let expected: [Int: [Float]]
        let packed: [ParameterUnit: [UInt8]]

        init(_ kind: DeepModel.Kind) throws {
            model = try DeepModel(kind)
            let executors = [try model.executor(), try model.executor()]
            self.executors = executors
            let shape = executors[0].memoryShape
            whole = .whole(layerCount: shape.layerCount)
            ranges = [whole, whole]
            columns = [shape.kvPagesPerLayer, shape.kvPagesPerLayer]
            let alone = Pipeline([executors[0]], [whole])
            expected = try alone.prefill(alone.add(DeepModel.tokens), chunk: 90)
            let units = executors[1].stage.units.map { unit in
                (unit, Array(executors[1].memoryView.unit(unit)))
            }
            packed = Dictionary(uniqueKeysWithValues: units)
        }

        /// Both give up what the other keeps.
        func drop(cut: Int) throws {
            let shape = executors[0].memoryShape
            ranges = StageRange.stages([cut], of: executors[0].configuration)
            for (index, executor) in executors.enumerated() {
                let change = shape.drop(
                    from: whole, to: ranges[index], spare: executor.memory.freePageCount)
                try executor.apply(change)
                columns[index] += change.grown[0].pages
            }
        }

        /// Columns of layers that the other executes go to the layers kept.
        func reclaim() throws {
            let shape = executors[0].memoryShape
            for (index, executor) in executors.enumerated() {
                let kept = ranges[index].layers
                var change = MemoryChange()
                change.vacated = [0..<kept.lowerBound, kept.upperBound..<shape.layerCount].map {
                    MemoryChange.VacatedColumns(layers: $0, columns: [0..<shape.kvPagesPerLayer])
                }
                let freed = shape.kvPagesPerLayer * (shape.layerCount - kept.count)
                let pages = (freed + executor.memory.freePageCount) / kept.count
                change.grown = [MemoryChange.GrownLayers(layers: kept, pages: pages)]
                try executor.apply(change)
                columns[index] += pages
                executor.settleAll()
            }
        }

        /// Both have the whole model again: the first from the second, the second from files.
        func restore() throws {
            let shape = executors[0].memoryShape
            let missing = ranges.map { shape.unitsDropped(from: whole, to: $0) }
            for (index, executor) in executors.enumerated() {
                let change = shape.restore(from: ranges[index], columns: columns[index])
                try executor.apply(change)
                #expect(missing[index].allSatisfy { !executor.holds($0) })
                columns[index] = shape.kvPagesPerLayer
            }
            let (ours, theirs) = (executors[0].memoryView, executors[1].memoryView)
            let units = missing[0]
            let thread = Thread {
                for unit in units { ours.unit(unit).copyMemory(from: .init(theirs.unit(unit))) }
            }
            try run(thread)
            executors[0].unitsFilled(units)
            let checkpoint = try Checkpoint(model.directory)
            for unit in missing[1] { try executors[1].load([unit], from: checkpoint) }
            ranges = [whole, whole]
        }

        private func run(_ thread: Thread) throws {
            thread.start()
            while !thread.isFinished { sched_yield() }
        }

        /// Every executor has its own old KV, weights, and computes the bits that it should.
        func expectWhole() throws {
            for executor in executors {
                try executor.memory.expectBooksMatchSystem()
                executor.checkInvariants()
                #expect(
                    executor.blockCount(of: whole.layers) == executor.plan.blockCount)
                for (unit, bytes) in packed {
                    #expect(executor.holds(unit))
                    #expect(sameBytes(bytes, executor.memoryView.unit(unit)), "\(unit)")
                }
                try expectLogits(Pipeline([executor], [whole]), seed: 1)
            }
        }

        /// The pipeline of both computes the same bits, with blocks old and new.
        func expectPipeline(seed: UInt64) throws {
            let pipeline = Pipeline(executors, ranges)
            try expectLogits(pipeline, seed: seed)
            let blocks = pipeline.sequences[0].blocks.map(\.index)
            #expect(blocks.max() ?? 0 < executors.map { blockCount($0) }.min() ?? 0)
            for executor in executors { try executor.memory.expectBooksMatchSystem() }
        }

        private func blockCount(_ executor: CPUStageExecutor) -> BlockCount {
            let index = executor === executors[0] ? 0 : 1
            return executor.memoryShape.blockCount(pagesPerLayer: columns[index])
        }

        private func expectLogits(_ pipeline: Pipeline, seed: UInt64) throws {
            pipeline.shuffleBlocks(seed: seed)
            let logits = try pipeline.prefill(pipeline.add(DeepModel.tokens), chunk: 31)
            expectSameBits(logits, expected, "\(model.kind)")
        }
    }

    @Test(arguments: DeepModel.Kind.all)
    func threeDropsAndRestores(kind: DeepModel.Kind) throws {
        let pair = try Pair(kind)
        for (round, cut) in [3, 1, 5].enumerated() {
            try pair.drop(cut: cut)
            try pair.expectPipeline(seed: UInt64(round))
            for executor in pair.executors { _ = executor.settle(pages: 5) }
            try pair.expectPipeline(seed: UInt64(round + 10))
            try pair.reclaim()
            try pair.expectPipeline(seed: UInt64(round + 20))
            try pair.restore()
            try pair.expectWhole()
            for executor in pair.executors where round != 1 { executor.settleAll() }
            try pair.expectWhole()
        }
    }

    /// A sequence that began before the drop goes on after it, and again after the restore, once
    /// the KV of the layers that change hands has been copied.
    @Test(arguments: DeepModel.Kind.all)
    func sequencesGoOn(kind: DeepModel.Kind) throws {
        let pair = try Pair(kind)
        let tokens = DeepModel.tokens
        var blocks: [BlockID] = []
        var done = 0
        var logits: [Int: [Float]] = [:]
        func run(_ executors: [CPUStageExecutor], _ ranges: [StageRange], until end: Int) throws {
            let pipeline = Pipeline(executors, ranges)
            let sequence = pipeline.add(Array(tokens[..<end]))
            pipeline.sequences[sequence].blocks = blocks
            pipeline.sequences[sequence].done = done
            logits.merge(try pipeline.prefill(sequence, chunk: 9)) { $1 }
            blocks = pipeline.sequences[sequence].blocks
            done = end
        }
        try run([pair.executors[0]], [pair.whole], until: 50)
        try pair.drop(cut: 4)
        copy(blocks, of: pair.ranges[1].layers, from: pair.executors[0], to: pair.executors[1])
        try run(pair.executors, pair.ranges, until: 120)
        // Its blocks lie below what a restore leaves, so the bytes of the layers kept stay.
        try pair.reclaim()
        let kept = try moveDown(blocks, pair)
        try pair.restore()
        copy(kept, of: 0..<4, from: pair.executors[0], to: pair.executors[1])
        blocks = kept
        try run([pair.executors[1]], [pair.whole], until: tokens.count)
        expectSameBits(logits, pair.expected, "a sequence that moves")
    }

    private func copy(
        _ blocks: [BlockID], of layers: LayerRange, from source: CPUStageExecutor,
        to target: CPUStageExecutor
    ) {
        let (from, to) = (source.memoryView, target.memoryView)
        for layer in layers {
            for block in blocks {
                to.kv(layer: layer, block: block).copyMemory(
                    from: from.kv(layer: layer, block: block), byteCount: from.blockBytes)
            }
        }
    }

    /// Moves a sequence's blocks to the lowest ones by a change of its own.
    private func moveDown(_ blocks: [BlockID], _ pair: Pair) throws -> [BlockID] {
        let targets = blocks.indices.map { BlockID(index: $0) }
        for (index, executor) in pair.executors.enumerated() {
            var change = MemoryChange()
            change.moves = zip(blocks, targets).map {
                MemoryChange.BlockMove(source: $0, target: $1)
            }
            change.movedLayers = pair.ranges[index].layers
            try executor.apply(change)
        }
        return targets
    }

    /// A restore in one change: blocks at the tail move down, the tail goes, units come.
    @Test(arguments: DeepModel.Kind.all, [false, true])
    func tailsMoveDown(kind: DeepModel.Kind, fails: Bool) throws {
        let faults = MappingFaults()
        let executor = try DeepModel(kind).executor(mapping: faults.mapping)
        let shape = executor.memoryShape
        let range = DropTests.range(0..<2, of: shape.layerCount)
        let whole = StageRange.whole(layerCount: shape.layerCount)
        let drop = shape.drop(from: whole, to: range, spare: executor.memory.freePageCount)
        try executor.apply(drop)
        executor.settleAll()
        let blocks = executor.blockCount(of: range.layers)
        for layer in range.layers {
            for block in 0..<blocks { stamp(executor, layer: layer, block: block) }
        }
        var change = shape.restore(
            from: range, columns: shape.kvPagesPerLayer + drop.grown[0].pages)
        let others = range.layers.upperBound..<shape.layerCount
        change.vacated.append(
            MemoryChange.VacatedColumns(layers: others, columns: [0..<shape.kvPagesPerLayer]))
        let moved = min(5, blocks - executor.plan.blockCount)
        change.moves = (0..<moved).map {
            MemoryChange.BlockMove(
                source: BlockID(index: blocks - 1 - $0), target: BlockID(index: 2 + $0))
        }
        change.movedLayers = range.layers
        if fails {
            let before = MemorySnapshot(executor)
            faults.reset()
            faults.mapsLeft = 2
            #expect(throws: DeviceMemoryError.self) { try executor.apply(change) }
            before.expectEqual(to: executor)
            faults.reset()
        }
        try executor.apply(change)
        #expect(executor.blockCount(of: whole.layers) == executor.plan.blockCount)
        for layer in range.layers {
            for block in 0..<executor.plan.blockCount {
                let isTarget = (2..<2 + moved).contains(block)
                let source = isTarget ? blocks + 1 - block : block
                expectStamp(executor, layer: layer, block: block, of: source)
            }
        }
        try executor.memory.expectBooksMatchSystem()
    }

    private func stamp(_ executor: CPUStageExecutor, layer: Int, block: Int) {
        let start = executor.memoryView.kv(layer: layer, block: BlockID(index: block))
        let count = executor.memoryView.blockBytes / 4
        for word in [0, count / 2, count - 1] {
            start.storeBytes(of: Int32(layer << 20 + block), toByteOffset: word * 4, as: Int32.self)
        }
    }

    private func expectStamp(
        _ executor: CPUStageExecutor, layer: Int, block: Int, of source: Int
    ) {
        let start = executor.memoryView.kv(layer: layer, block: BlockID(index: block))
        let count = executor.memoryView.blockBytes / 4
        for word in [0, count / 2, count - 1] {
            let value = start.load(fromByteOffset: word * 4, as: Int32.self)
            #expect(value == Int32(layer << 20 + source))
        }
    }

    /// Files that do not fit leave the unit mapped and not in place, and a later load succeeds.
    @Test func aFailedLoadCanBeRepeated() throws {
        let model = try DeepModel(DeepModel.Kind())
        let executor = try model.executor()
        let shape = executor.memoryShape
        let packed = Array(executor.memoryView.unit(.layer(3)))
        var change = MemoryChange()
        change.dropped = [.layer(3)]
        try executor.apply(change)
        change = MemoryChange()
        change.mapped = [.layer(3)]
        try executor.apply(change)
        #expect(throws: ModelFileError.self) {
            try executor.load([.layer(3)], from: Checkpoint(Fixture("llama2").directory))
        }
        #expect(!executor.holds(.layer(3)) && executor.holds(.layer(2)))
        try executor.load([.layer(2), .layer(3)], from: Checkpoint(model.directory))
        #expect(executor.holds(.layer(3)))
        #expect(sameBytes(packed, executor.memoryView.unit(.layer(3))))
        #expect(executor.memory.freePageCount == shape.sparePages)
    }
}
