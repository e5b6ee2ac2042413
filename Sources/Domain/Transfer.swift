package enum TransferTag {}
/// One movement of KV between memories.
package typealias TransferID = Identifier<TransferTag>

/// Where KV lies.
package enum KVPlace: Hashable, Sendable {
    case instance(InstanceID)
    /// Host memory beside the instances: blocks there hold all layers.
    case host
}

/// KV that goes from one memory to another while nobody writes it: for every layer of `layers`,
/// the bytes of `sources[i]` in one place go to `targets[i]` in the other.
package struct KVCopy: Hashable, Sendable {
    package var layers: LayerRange
    package var from: KVPlace
    package var sources: [BlockID]
    package var to: KVPlace
    package var targets: [BlockID]

    package init(
        layers: LayerRange, from: KVPlace, sources: [BlockID], to: KVPlace, targets: [BlockID]
    ) {
        precondition(sources.count == targets.count)
        self.layers = layers
        self.from = from
        self.sources = sources
        self.to = to
        self.targets = targets
    }
}

/// Copies that succeed or fail together, for one sequence.
package struct Transfer: Hashable, Sendable {
    package var id: TransferID
    package var sequence: SequenceID
    package var copies: [KVCopy]
    /// The sequence stands still for the little that this is: it goes before what others, who go
    /// on meanwhile, have to move.
    package var isUrgent: Bool

    package init(
        id: TransferID, sequence: SequenceID, copies: [KVCopy], isUrgent: Bool = false
    ) {
        self.id = id
        self.sequence = sequence
        self.copies = copies
        self.isUrgent = isUrgent
    }
}
