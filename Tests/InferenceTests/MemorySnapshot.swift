import Domain
import Glibc
import Testing

@testable import Inference

/// Copies of what an executor's memory holds, to compare with later.
struct MemorySnapshot {
    private var units: [ParameterUnit: [UInt8]] = [:]
    /// By layer and column.
    private var columns: [Int: [Int: [UInt8]]] = [:]

    init(_ executor: CPUStageExecutor) {
        for unit in executor.stage.units where executor.holds(unit) {
            units[unit] = Array(executor.memoryView.unit(unit))
        }
        for layer in executor.stage.layers {
            for column in 0..<executor.memory.pageCount
            where executor.kv.hasColumn(column, layer: layer) {
                columns[layer, default: [:]][column] = Array(
                    executor.column(column, layer: layer))
            }
        }
    }

    /// Everything of the snapshot that is still in place has the same bytes.
    func expectUnchanged(
        in executor: CPUStageExecutor, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectUnchangedUnits(in: executor, sourceLocation: sourceLocation)
        for (layer, columns) in columns {
            for (column, bytes) in columns where executor.kv.hasColumn(column, layer: layer) {
                let same = sameBytes(bytes, executor.column(column, layer: layer))
                #expect(same, "layer \(layer), column \(column)", sourceLocation: sourceLocation)
            }
        }
    }

    func expectUnchangedUnits(
        in executor: CPUStageExecutor, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (unit, bytes) in units where executor.holds(unit) {
            let same = sameBytes(bytes, executor.memoryView.unit(unit))
            #expect(same, "\(unit)", sourceLocation: sourceLocation)
        }
    }

    /// The executor has the same units and columns, with the same bytes, and nothing else.
    func expectEqual(
        to executor: CPUStageExecutor, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let now = MemorySnapshot(executor)
        #expect(now.units.keys == units.keys, sourceLocation: sourceLocation)
        #expect(
            now.columns.mapValues(\.keys) == columns.mapValues(\.keys),
            sourceLocation: sourceLocation)
        expectUnchanged(in: executor, sourceLocation: sourceLocation)
    }
}

func sameBytes(_ a: [UInt8], _ b: UnsafeMutableRawBufferPointer) -> Bool {
    guard let bytes = b.baseAddress, a.count == b.count else { return a.isEmpty && b.isEmpty }
    return memcmp(a, bytes, a.count) == 0
}

extension CPUStageExecutor {
    func column(_ column: Int, layer: Int) -> UnsafeMutableRawBufferPointer {
        let size = memory.pageSize.bytes
        return UnsafeMutableRawBufferPointer(
            start: kv.base(layer: layer) + column * size, count: size)
    }

    /// Bytes that differ from column to column, and with the seed.
    func fillColumns(_ columns: Range<Int>, of layers: LayerRange, seed: UInt64) {
        let size = memory.pageSize.bytes
        for layer in layers {
            for column in columns where kv.hasColumn(column, layer: layer) {
                let start = kv.base(layer: layer) + column * size
                let stamp = seed &* 1_000_003 &+ UInt64(layer * 4096 + column)
                memset(start, Int32(truncatingIfNeeded: stamp & 0xFF), size)
                start.storeBytes(of: stamp, as: UInt64.self)
                (start + size - 8).storeBytes(of: stamp, as: UInt64.self)
            }
        }
    }

    func fillKV(seed: UInt64) {
        fillColumns(0..<memory.pageCount, of: stage.layers, seed: seed)
    }

    func settleAll() { while !settle(pages: 7) {} }
}

// MARK: - Changes as planning makes them

extension InstanceMemoryShape {
    /// From holding the units of `old` to those of `new`, with all pages that this frees, and
    /// `spare` ones, at the tails of the layers that stay.
    func drop(from old: StageRange, to new: StageRange, spare: Int) -> MemoryChange {
        var change = MemoryChange()
        change.dropped = unitsDropped(from: old, to: new)
        let freed = change.dropped.reduce(spare) { $0 + pages(of: $1) }
        change.grown = [
            MemoryChange.GrownLayers(layers: new.layers, pages: freed / new.layers.count)
        ]
        return change
    }

    /// From holding the units of `new`, with `columns` columns in each of its layers and none in
    /// the others, to the whole model as it was at the start.
    func restore(from new: StageRange, columns: Int) -> MemoryChange {
        let whole = StageRange.whole(layerCount: layerCount)
        var change = MemoryChange()
        change.vacated = [
            MemoryChange.VacatedColumns(
                layers: new.layers, columns: [kvPagesPerLayer..<columns])
        ]
        change.mapped = unitsDropped(from: whole, to: new)
        for layers in [0..<new.layers.lowerBound, new.layers.upperBound..<layerCount] {
            change.grown.append(
                MemoryChange.GrownLayers(layers: layers, pages: kvPagesPerLayer))
        }
        return change
    }
}
