internal import Domain

/// How instances reach each other: the seam where sockets can take the place of shared memory.
protocol StageTransport: Sendable {
    /// Hands a step to the instance of its stage; steps of one sender arrive in order.
    func send(_ order: StepOrder)

    /// Copies one span to another of the same size, at least one of them in the memory of the
    /// instance whose thread calls. Nobody writes to the source meanwhile.
    func copy(_ source: MemorySpan, to target: MemorySpan) throws(TransferError)
}

/// A piece of memory somewhere in the cell.
enum MemorySpan: Hashable, Sendable {
    /// One block of KV in one layer.
    case block(BlockID, layer: Int, KVPlace)
    /// Some bytes of a unit's parameters.
    case parameters(ParameterUnit, Range<Int>, InstanceID)
}

/// Why bytes could not be copied.
enum TransferError: Error, Hashable, CustomStringConvertible {
    case noSuchInstance(InstanceID)
    case noHostBlock(BlockID)
    case noSuchBytes(MemorySpan)
    case sizesDiffer(source: Int, target: Int)

    var description: String {
        switch self {
        case .noSuchInstance(let instance): "there is no instance \(instance)"
        case .noHostBlock(let block): "there is no host memory for block \(block)"
        case .noSuchBytes(let span): "there is no memory for \(span)"
        case .sizesDiffer(let source, let target):
            "the source has \(source) bytes and the target \(target)"
        }
    }
}
