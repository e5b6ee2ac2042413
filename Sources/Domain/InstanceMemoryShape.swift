/// How the budget of an instance that holds the whole model is cut up: all that planning needs to
/// predict what a drop frees, to the page.
package struct InstanceMemoryShape: Hashable, Sendable {
    package var pageSize: ByteCount
    /// Bytes of one block in one layer.
    package var blockBytes: ByteCount
    package var embeddingPages: Int
    /// By layer.
    package var layerPages: [Int]
    package var headPages: Int
    /// KV pages of each layer while the instance holds the whole model.
    package var kvPagesPerLayer: Int
    /// Pages of the budget that belong to nothing.
    package var sparePages: Int
    package var workspacePages: Int
    /// The head multiplies with the embedding table, so whoever keeps the head keeps that too.
    package var sharesEmbedding: Bool
    /// Never more blocks than this.
    package var maxBlocks: BlockCount

    package init(
        pageSize: ByteCount, blockBytes: ByteCount, embeddingPages: Int, layerPages: [Int],
        headPages: Int, kvPagesPerLayer: Int, sparePages: Int, workspacePages: Int,
        sharesEmbedding: Bool, maxBlocks: BlockCount = Int(UInt32.max)
    ) {
        self.pageSize = pageSize
        self.blockBytes = blockBytes
        self.embeddingPages = embeddingPages
        self.layerPages = layerPages
        self.headPages = headPages
        self.kvPagesPerLayer = kvPagesPerLayer
        self.sparePages = sparePages
        self.workspacePages = workspacePages
        self.sharesEmbedding = sharesEmbedding
        self.maxBlocks = maxBlocks
    }

    package var layerCount: Int { layerPages.count }

    package func pages(of unit: ParameterUnit) -> Int {
        switch unit {
        case .embedding: embeddingPages
        case .layer(let layer): layerPages[layer]
        case .head: headPages
        }
    }

    /// Pages of the units an instance must hold to execute `range`. Complexity: O(layers).
    package func pages(of range: StageRange) -> Int {
        (holdsEmbedding(for: range) ? embeddingPages : 0) + layerPages[range.layers].reduce(0, +)
            + (range.hasHead ? headPages : 0)
    }

    /// Blocks in a KV range with so many pages per layer.
    package func blockCount(pagesPerLayer: Int) -> BlockCount {
        min(maxBlocks, pagesPerLayer * pageSize.bytes / blockBytes.bytes)
    }

    /// Blocks of every layer of `range` when an instance holds nothing else.
    package func blockCount(holding range: StageRange) -> BlockCount {
        let left = max(0, pageCount - workspacePages - pages(of: range))
        return blockCount(pagesPerLayer: left / max(1, range.layers.count))
    }

    /// Blocks that lie on one page of each layer; one where a block is larger than a page.
    package var blocksPerPage: Int { max(1, pageSize.bytes / blockBytes.bytes) }

    /// The units an instance must hold to execute `range`, in execution order.
    package func units(for range: StageRange) -> [ParameterUnit] {
        (holdsEmbedding(for: range) ? [.embedding] : []) + range.layers.map { .layer($0) }
            + (range.hasHead ? [.head] : [])
    }

    /// The parameters of the whole model, in whole pages.
    package var modelBytes: ByteCount {
        pageSize * pages(of: .whole(layerCount: layerCount))
    }

    private func holdsEmbedding(for range: StageRange) -> Bool {
        range.hasEmbedding || (range.hasHead && sharesEmbedding)
    }

    /// The units an instance gives up when it goes from `old` to `new`, which lies within it.
    package func unitsDropped(from old: StageRange, to new: StageRange) -> [ParameterUnit] {
        let kept = units(for: new)
        return units(for: old).filter { !kept.contains($0) }
    }

    /// The weight bytes freed by going from `old` to `new`.
    package func freed(from old: StageRange, to new: StageRange) -> ByteCount {
        pageSize * unitsDropped(from: old, to: new).reduce(0) { $0 + pages(of: $1) }
    }

    /// Pages of everything the instance may use.
    package var pageCount: Int {
        embeddingPages + layerPages.reduce(0, +) + headPages + kvPagesPerLayer * layerCount
            + sparePages + workspacePages
    }
}
