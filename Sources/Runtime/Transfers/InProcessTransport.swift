internal import Domain
internal import Inference

/// All instances live in this process: activations go into mailboxes, and a copy reads the other
/// instance's memory directly.
struct InProcessTransport: StageTransport {
    /// By instance.
    let mailboxes: [InstanceMailbox]
    /// By instance.
    let memories: [InstanceMemoryView]
    let host: HostMemory?

    func send(_ order: StepOrder) {
        mailboxes[order.instance.index].put(.step(order))
    }

    func copy(_ source: MemorySpan, to target: MemorySpan) throws(TransferError) {
        let from = try bytes(of: source)
        let to = try bytes(of: target)
        guard from.count == to.count else {
            throw .sizesDiffer(source: from.count, target: to.count)
        }
        to.copyMemory(from: UnsafeRawBufferPointer(from))
    }

    private func bytes(
        of span: MemorySpan
    ) throws(TransferError) -> UnsafeMutableRawBufferPointer {
        switch span {
        case .block(let block, let layer, .instance(let instance)):
            let memory = try memory(of: instance)
            return UnsafeMutableRawBufferPointer(
                start: memory.kv(layer: layer, block: block), count: memory.blockBytes)
        case .block(let block, let layer, .host):
            guard let bytes = host?.block(block, layer: layer) else { throw .noHostBlock(block) }
            return bytes
        case .parameters(let unit, let range, let instance):
            let bytes = try memory(of: instance).unit(unit)
            guard range.upperBound <= bytes.count else { throw .noSuchBytes(span) }
            return UnsafeMutableRawBufferPointer(rebasing: bytes[range])
        }
    }

    private func memory(of instance: InstanceID) throws(TransferError) -> InstanceMemoryView {
        guard instance.index < memories.count else { throw .noSuchInstance(instance) }
        return memories[instance.index]
    }
}
