internal import Domain
internal import Inference

/// Memory beside the instances for KV that waits: blocks of all layers, (block, layer, byte).
///
/// - Unchecked: whoever copies reads and writes only blocks that the cell has given it.
final class HostMemory: @unchecked Sendable {
    let blockCount: BlockCount
    private let layerCount: Int
    private let blockBytes: Int
    private let memory: UnsafeMutableRawBufferPointer

    /// Room for so many blocks of the model that lies in `memory`. The system gives the memory
    /// when it is written.
    init(blockCount: BlockCount, like memory: InstanceMemoryView) {
        self.blockCount = blockCount
        layerCount = memory.layerCount
        blockBytes = memory.blockBytes
        self.memory = .allocate(byteCount: blockCount * layerCount * blockBytes, alignment: 64)
    }

    deinit {
        memory.deallocate()
    }

    /// One block of one layer; `nil` where there is none.
    func block(_ block: BlockID, layer: Int) -> UnsafeMutableRawBufferPointer? {
        guard block.index < blockCount, (0..<layerCount).contains(layer) else { return nil }
        let first = (block.index * layerCount + layer) * blockBytes
        return UnsafeMutableRawBufferPointer(rebasing: memory[first..<first + blockBytes])
    }
}
