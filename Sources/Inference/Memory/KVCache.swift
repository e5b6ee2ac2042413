package import Domain

/// The paged KV of the layers of one stage: a range of address space per layer, long enough for
/// the whole budget. Block b lies at the same offset of every range, (block, 2, KV head, …), so
/// growing moves no byte. A *column* is one page position of a range; columns may come and go
/// apart, and blocks may lie across two.
package final class KVCache {
    package let blockBytes: ByteCount
    let layers: LayerRange
    let memory: any DeviceMemory
    private let limit: BlockCount
    let ranges: [AddressRange]
    /// By layer: columns without a gap from the first on.
    var leadingColumns: [Int]

    /// Reserves address space; no page is mapped yet. Never counts more than `limit` blocks.
    init(
        layers: LayerRange, blockBytes: ByteCount, limit: BlockCount, memory: any DeviceMemory
    ) throws(DeviceMemoryError) {
        var ranges: [AddressRange] = []
        do {
            for _ in layers { ranges.append(try memory.reserve(memory.budget)) }
        } catch {
            for range in ranges { memory.release(range) }
            throw error
        }
        self.layers = layers
        self.blockBytes = blockBytes
        self.limit = limit
        self.memory = memory
        self.ranges = ranges
        leadingColumns = Array(repeating: 0, count: layers.count)
    }

    deinit {
        for range in ranges { memory.release(range) }
    }

    /// Blocks that every one of these layers has memory for, from the first without a gap. No
    /// layer bounds the blocks of none.
    package func blockCount(of layers: LayerRange) -> BlockCount {
        let columns = layers.lazy.map { self.leadingColumns[self.index($0)] }.min()
        guard let columns else { return limit }
        return min(limit, columns * memory.pageSize.bytes / blockBytes.bytes)
    }

    /// Where block 0 of a layer lies, for the life of the cache.
    package func base(layer: Int) -> UnsafeMutableRawPointer { ranges[index(layer)].base }

    /// Pages of all layers.
    package var pageCount: Int { ranges.reduce(0) { $0 + $1.mappedCount } }

    /// Whether a layer has this column.
    func hasColumn(_ column: Int, layer: Int) -> Bool {
        ranges[index(layer)].page(at: column) != nil
    }

    func index(_ layer: Int) -> Int {
        precondition(layers.contains(layer), "a layer of another stage")
        return layer - layers.lowerBound
    }
}
