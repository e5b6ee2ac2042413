internal import Domain
internal import Inference

/// What the device memory of one instance is used for, as its executor says.
struct MemoryAccount: Hashable, Sendable {
    var budget: ByteCount
    var weights: ByteCount
    /// KV blocks of all layers.
    var kv: ByteCount
    /// One block in one layer.
    var blockBytes: ByteCount
    var workspace: ByteCount
    /// Layers whose parameters are in place; the first ones that lie side by side.
    var layers: LayerRange
    var hasEmbedding: Bool
    var hasHead: Bool

    init(_ executor: any StageExecutor) {
        let shape = executor.memoryShape
        let held = (0..<shape.layerCount).filter { executor.holds(.layer($0)) }
        let blocks = (0..<shape.layerCount).reduce(0) {
            $0 + executor.blockCount(of: $1..<($1 + 1))
        }
        hasEmbedding = executor.holds(.embedding)
        hasHead = executor.holds(.head)
        var pages = held.reduce(0) { $0 + shape.layerPages[$1] }
        if hasEmbedding { pages += shape.embeddingPages }
        if hasHead { pages += shape.headPages }
        weights = shape.pageSize * pages
        kv = shape.blockBytes * blocks
        blockBytes = shape.blockBytes
        workspace = shape.pageSize * shape.workspacePages
        budget = shape.pageSize * shape.pageCount
        let first = held.first ?? 0
        let run = held.enumerated().prefix { $0.element == first + $0.offset }.count
        layers = first..<(first + run)
    }
}
