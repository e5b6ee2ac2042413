internal import Domain

/// Moves of blocks; one item is one layer, for the order of its moves matters.
struct BlockMoveWork: PoolWork {
    /// Block 0 of each layer.
    let bases: [UnsafeMutableRawPointer]
    let moves: [MemoryChange.BlockMove]
    let blockBytes: Int

    func run(_ items: Range<Int>, thread: Int) {
        for item in items {
            for move in moves {
                let target = bases[item] + move.target.index * blockBytes
                let source = bases[item] + move.source.index * blockBytes
                target.copyMemory(from: source, byteCount: blockBytes)
            }
        }
    }
}
