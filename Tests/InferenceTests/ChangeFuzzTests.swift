import Domain
import TestSupport
import Testing

@testable import Inference

/// Drops, reclaims, restores, failures, changes taken back and settled, in any order.
struct ChangeFuzzTests {
    /// An executor, and what it should hold.
    struct Subject {
        let model: DeepModel
        let faults = MappingFaults()
        let executor: CPUStageExecutor
        let shape: InstanceMemoryShape
        let packed: [ParameterUnit: [UInt8]]
        let all: StageRange
        /// What it executes.
        var range: StageRange
        /// By layer.
        var columns: [Set<Int>]
        private var stamp: UInt64 = 0

        init(_ kind: DeepModel.Kind) throws {
            model = try DeepModel(kind)
            let executor = try model.executor(mapping: faults.mapping)
            self.executor = executor
            shape = executor.memoryShape
            all = .whole(layerCount: shape.layerCount)
            range = all
            let first = Set(0..<shape.kvPagesPerLayer)
            columns = all.layers.map { _ in first }
            packed = Dictionary(
                uniqueKeysWithValues: all.units.map { unit in
                    (unit, Array(executor.memoryView.unit(unit)))
                })
        }

        /// Gives up some of the units there are.
        func drop(_ random: inout SplitMix64) -> (MemoryChange, StageRange) {
            let count = shape.layerCount
            let first = Int.random(in: 0..<count, using: &random)
            let layers = first..<Int.random(in: first + 1...count, using: &random)
            let kept = layers.clamped(to: range.layers)
            let next = DropTests.range(kept.isEmpty ? range.layers : kept, of: count)
            var change = MemoryChange()
            change.dropped = shape.unitsDropped(from: range, to: next)
            let freed = change.dropped.reduce(executor.memory.freePageCount) {
                $0 + shape.pages(of: $1)
            }
            grow(next.layers, by: freed / next.layers.count, &change)
            return (change, next)
        }

        /// Gives up some columns of layers that are not executed.
        func reclaim(_ random: inout SplitMix64) -> (MemoryChange, StageRange) {
            var change = MemoryChange()
            var freed = executor.memory.freePageCount
            for layer in all.layers where !range.layers.contains(layer) {
                let gone = columns[layer].sorted().filter { _ in Bool.random(using: &random) }
                freed += gone.count
                vacate(layer, gone, &change)
            }
            grow(range.layers, by: freed / range.layers.count, &change)
            return (change, range)
        }

        /// The whole model, with the KV of the start.
        func restore() -> (MemoryChange, StageRange) {
            var change = MemoryChange()
            let least = shape.kvPagesPerLayer
            change.mapped = shape.unitsDropped(from: all, to: range)
            for layer in all.layers {
                if columns[layer].isSuperset(of: 0..<least) {
                    vacate(layer, columns[layer].filter { $0 >= least }.sorted(), &change)
                } else {
                    vacate(layer, columns[layer].sorted(), &change)
                    grow(layer..<layer + 1, by: least, &change)
                }
            }
            return (change, all)
        }

        private func vacate(_ layer: Int, _ gone: [Int], _ change: inout MemoryChange) {
            change.vacated.append(
                MemoryChange.VacatedColumns(
                    layers: layer..<layer + 1, columns: gone.map { $0..<$0 + 1 }))
        }

        private func grow(_ layers: LayerRange, by pages: Int, _ change: inout MemoryChange) {
            change.grown.append(MemoryChange.GrownLayers(layers: layers, pages: pages))
        }

        /// Notes a change that took place, fills what came and checks everything.
        mutating func note(_ change: MemoryChange, _ next: StageRange) throws {
            let before = MemorySnapshot(executor)
            var grown = columns
            for vacated in change.vacated {
                for layer in vacated.layers {
                    for range in vacated.columns { grown[layer].subtract(range) }
                }
            }
            for more in change.grown {
                for layer in more.layers {
                    let end = (grown[layer].max() ?? -1) + 1
                    grown[layer].formUnion(end..<end + more.pages)
                }
            }
            stamp += 1
            for layer in all.layers {
                for column in grown[layer].subtracting(columns[layer]) {
                    let one = column..<column + 1
                    executor.fillColumns(one, of: layer..<layer + 1, seed: stamp)
                }
            }
            columns = grown
            range = next
            try executor.load(change.mapped, from: Checkpoint(model.directory))
            if change.mapped.isEmpty { before.expectUnchangedUnits(in: executor) }
            try check()
        }

        func check() throws {
            try executor.memory.expectBooksMatchSystem()
            executor.checkInvariants()
            for layer in all.layers {
                let held = (0..<executor.memory.pageCount).filter {
                    executor.kv.hasColumn($0, layer: layer)
                }
                #expect(Set(held) == columns[layer])
                let leading = held.enumerated().first { $0 != $1 }?.offset ?? held.count
                #expect(
                    executor.blockCount(of: layer..<layer + 1)
                        == shape.blockCount(pagesPerLayer: leading))
            }
            let units = shape.units(for: range)
            for unit in all.units {
                #expect(executor.holds(unit) == units.contains(unit))
                if executor.holds(unit), let bytes = packed[unit] {
                    #expect(sameBytes(bytes, executor.memoryView.unit(unit)), "\(unit)")
                }
            }
            let used = executor.weights.pageCount + executor.kv.pageCount + shape.workspacePages
            #expect(used + executor.memory.freePageCount == shape.pageCount)
        }
    }

    @Test(arguments: DeepModel.Kind.all, 0..<4)
    func anyOrderOfChanges(kind: DeepModel.Kind, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var subject = try Subject(kind)
        let executor = subject.executor
        executor.fillKV(seed: 99)
        for _ in 0..<30 {
            let (change, next) =
                switch Int.random(in: 0..<5, using: &random) {
                case 0, 1: subject.drop(&random)
                case 2, 3: subject.reclaim(&random)
                default: subject.restore()
                }
            let before = MemorySnapshot(executor)
            subject.faults.reset()
            if Bool.random(using: &random) {
                subject.faults.mapsLeft = Int.random(in: 0..<12, using: &random)
            }
            do {
                try executor.apply(change)
                before.expectUnchanged(in: executor)
                if Int.random(in: 0..<3, using: &random) == 0 {
                    executor.undoChange()
                    before.expectEqual(to: executor)
                    try subject.check()
                } else {
                    try subject.note(change, next)
                }
            } catch is DeviceMemoryError {
                before.expectEqual(to: executor)
                try subject.check()
            }
            if Bool.random(using: &random) {
                _ = executor.settle(pages: Int.random(in: 1...20, using: &random))
                try subject.check()
            }
        }
    }
}
