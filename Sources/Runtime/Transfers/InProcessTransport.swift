internal import Domain
internal import Inference

/// All instances live in this process: activations go into mailboxes, and a copy reads the other
/// instance's memory directly.
struct InProcessTransport: StageTransport {
    let instances: InstanceTable
    let host: HostMemory?

    func send(_ order: StepOrder) {
        guard let worker = instances[order.instance] else {
            preconditionFailure("a step for instance \(order.instance), which is not there")
        }
        worker.mailbox.put(.step(order))
    }

    func copy(_ source: MemorySpan, to target: MemorySpan) throws(TransferError) {
        let source = try place(of: source)
        let target = try place(of: target)
        let (from, to) = (source.bytes, target.bytes)
        guard from.count == to.count else {
            throw .sizesDiffer(source: from.count, target: to.count)
        }
        // Whoever goes meanwhile takes its memory along.
        withExtendedLifetime((source.owner, target.owner)) {
            to.copyMemory(from: UnsafeRawBufferPointer(from))
        }
    }

    /// Bytes, and the instance in whose memory they lie.
    private struct Place {
        var bytes: UnsafeMutableRawBufferPointer
        var owner: InstanceWorker?
    }

    private func place(of span: MemorySpan) throws(TransferError) -> Place {
        switch span {
        case .block(let block, let layer, .instance(let instance)):
            let owner = try worker(instance)
            let bytes = UnsafeMutableRawBufferPointer(
                start: owner.memory.kv(layer: layer, block: block),
                count: owner.memory.blockBytes)
            return Place(bytes: bytes, owner: owner)
        case .block(let block, let layer, .host):
            guard let bytes = host?.block(block, layer: layer) else { throw .noHostBlock(block) }
            return Place(bytes: bytes, owner: nil)
        case .parameters(let unit, let range, let instance):
            let owner = try worker(instance)
            let bytes = owner.memory.unit(unit)
            guard range.upperBound <= bytes.count else { throw .noSuchBytes(span) }
            return Place(bytes: UnsafeMutableRawBufferPointer(rebasing: bytes[range]), owner: owner)
        }
    }

    private func worker(_ instance: InstanceID) throws(TransferError) -> InstanceWorker {
        guard let worker = instances[instance] else { throw .noSuchInstance(instance) }
        return worker
    }
}
