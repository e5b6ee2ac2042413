package import Domain

/// The paged KV of the layers of one stage: a range of address space per layer, long enough for
/// the whole budget, with the same number of pages mapped in each. Block b lies at the same
/// offset of every range, (block, 2, KV head, …), so growing and shrinking move no byte.
package final class KVCache {
    package let blockBytes: ByteCount
    package private(set) var pagesPerLayer = 0
    private let memory: any DeviceMemory
    private let layers: LayerRange
    private let limit: BlockCount
    private var ranges: [AddressRange] = []

    /// Reserves address space; no page is mapped yet. Never counts more than `limit` blocks.
    init(
        layers: LayerRange, blockBytes: ByteCount, limit: BlockCount, memory: any DeviceMemory
    ) throws(DeviceMemoryError) {
        self.layers = layers
        self.blockBytes = blockBytes
        self.limit = limit
        self.memory = memory
        for _ in layers { ranges.append(try memory.reserve(memory.budget)) }
    }

    deinit {
        for range in ranges { memory.release(range) }
    }

    /// Blocks that every layer has memory for.
    package var blockCount: BlockCount {
        min(limit, pagesPerLayer * memory.pageSize.bytes / blockBytes.bytes)
    }

    /// Where block 0 of a layer lies.
    package func base(layer: Int) -> UnsafeMutableRawPointer {
        ranges[layer - layers.lowerBound].base
    }

    /// Maps `pages` more pages at the tail of every layer: all or nothing.
    package func grow(pages: Int) throws(DeviceMemoryError) {
        let places = pagesPerLayer..<(pagesPerLayer + pages)
        for index in ranges.indices {
            do {
                try memory.map(ranges[index], pages: places)
            } catch {
                // Unmapping what was just mapped fails only if the system is out of mappings;
                // then the pages stay where they are and count as used.
                for grown in ranges[..<index] { try? memory.unmap(grown, pages: places) }
                throw error
            }
        }
        pagesPerLayer += pages
    }

    /// Gives the last `pages` pages of every layer back. Their blocks must be unused.
    package func shrink(pages: Int) throws(DeviceMemoryError) {
        precondition(pages <= pagesPerLayer)
        let places = (pagesPerLayer - pages)..<pagesPerLayer
        for index in ranges.indices {
            do {
                try memory.unmap(ranges[index], pages: places)
            } catch {
                for shrunk in ranges[..<index] { try? memory.map(shrunk, pages: places) }
                throw error
            }
        }
        pagesPerLayer -= pages
    }
}
