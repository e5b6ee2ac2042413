internal import Cluster
internal import Domain

/// KV of a sequence on its way: it is there when the last of its copies is.
struct TransferProgress: Sendable {
    let sequence: SequenceID
    let bytes: ByteCount
    let start: Instant
    var copiesLeft: Int
    var failure: String?
}

/// Loads and transfers.
extension VirtualCluster {
    /// An instance loads one thing after the other, so its answers come in the order of the
    /// orders.
    mutating func load(
        _ units: [ParameterUnit], into instance: InstanceID, from source: UnitSource
    ) {
        guard !instances[instance.index].isDead else { return }
        let shape = cell.memories[instance.index].shape
        let pages = units.reduce(0) { $0 + shape.pages(of: $1) }
        instances[instance.index].loads.append(
            VirtualInstance.Load(bytes: shape.pageSize * pages, source: source))
        if instances[instance.index].loads.count == 1 { startLoad(into: instance) }
    }

    private mutating func startLoad(into instance: InstanceID) {
        guard let load = instances[instance.index].loads.first else { return }
        instances[instance.index].loadStart = now
        let route: Route =
            switch load.source {
            case .peer(let peer): .network(from: peer, to: instance)
            case .file: .fromFile(to: instance)
            }
        network.send(.load(instance), load.bytes, over: route, isUrgent: false, at: now)
    }

    mutating func finishLoad(into instance: InstanceID, _ failure: String?) {
        guard let load = instances[instance.index].loads.popFirst() else { return }
        let start = instances[instance.index].loadStart
        log(.load(load.bytes), on: instance, since: start)
        startLoad(into: instance)
        let failure = failure ?? faults.failure(of: .load(into: instance))
        report(.unitsLoaded(instance, failure: failure), from: instance)
    }

    mutating func send(_ transfer: Transfer) {
        guard !transfer.copies.isEmpty else {
            // The answer never comes from within the question.
            deliver(.transferFinished(transfer.id, failure: nil), from: nil, at: now)
            return
        }
        let blockBytes = cell.memories[0].shape.blockBytes
        let sizes = transfer.copies.map { blockBytes * ($0.layers.count * $0.sources.count) }
        transfers[transfer.id] = TransferProgress(
            sequence: transfer.sequence, bytes: sizes.reduce(.zero, +), start: now,
            copiesLeft: transfer.copies.count)
        for (copy, bytes) in zip(transfer.copies, sizes) {
            network.send(
                .copy(transfer.id, by: copy.maker), bytes, over: copy.route,
                isUrgent: transfer.isUrgent, at: now)
        }
    }

    mutating func finishCopy(
        of transfer: TransferID, by instance: InstanceID, _ failure: String?
    ) {
        guard var progress = transfers[transfer] else { return }
        progress.copiesLeft -= 1
        progress.failure = progress.failure ?? failure
        guard progress.copiesLeft == 0 else {
            transfers[transfer] = progress
            return
        }
        transfers[transfer] = nil
        log(.transfer(progress.sequence, progress.bytes), on: instance, since: progress.start)
        let failure = progress.failure ?? faults.failure(of: .transfer(into: instance))
        report(.transferFinished(transfer, failure: failure), from: instance)
    }
}

extension KVCopy {
    /// Who makes it: the instance that it goes to, or that it comes from when it goes to a host.
    fileprivate var maker: InstanceID {
        switch (to, from) {
        case (.instance(let receiver), _): receiver
        case (.host, .instance(let sender)): sender
        case (.host, .host): InstanceID(0)
        }
    }

    fileprivate var route: Route {
        switch (from, to) {
        case (.instance(let sender), .instance(let receiver)):
            .network(from: sender, to: receiver)
        case (.instance(let sender), .host): .toHost(from: sender)
        case (.host, .instance(let receiver)): .fromHost(to: receiver)
        case (.host, .host): .fromHost(to: InstanceID(0))
        }
    }
}
