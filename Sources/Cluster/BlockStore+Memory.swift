internal import Domain
internal import Scheduling

extension BlockStore {
    /// The blocks of an instance that holds the whole model, all free.
    init(of memory: InstanceMemory) {
        self.init(baseCount: memory.blockCount, columnSize: memory.shape.blocksPerPage)
    }
}
