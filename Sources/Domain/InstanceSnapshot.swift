/// One instance as operators see it.
package struct InstanceSnapshot: Hashable, Sendable {
    package var id: InstanceID
    package var phase: Phase
    /// Layers whose parameters are in place.
    package var layers: LayerRange
    package var hasEmbedding: Bool
    package var hasHead: Bool
    package var memory: Memory
    /// Which requests it is for, and how many of them it runs at once; `nil` where all instances
    /// are for all requests.
    package var service: Service?

    /// What is happening to its parameters. The raw value is the name in the API.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Holds the whole model.
        case whole
        /// Has given up units to hold more KV.
        case dropped
        /// Its memory map is being changed.
        case changing
        /// Missing units are on their way back.
        case restoring
        /// Takes nothing new; its requests move to others or end.
        case draining
        /// Could be started, and holds nothing.
        case absent
        /// Is being started: its memory is made and the model loaded.
        case starting
    }

    /// How an instance serves classes of requests.
    package struct Service: Hashable, Sendable {
        package var instanceClass: InstanceClass
        package var batchSize: Int

        package init(_ instanceClass: InstanceClass, batchSize: Int) {
            self.instanceClass = instanceClass
            self.batchSize = batchSize
        }
    }

    /// The budget and what every byte of it is used for; the parts sum up to the budget.
    package struct Memory: Hashable, Sendable {
        package var budget: ByteCount
        package var weights: ByteCount
        /// Blocks that sequences hold.
        package var kvUsed: ByteCount
        /// Blocks that only the prefix cache holds; they make room when one is needed.
        package var kvCached: ByteCount
        package var kvFree: ByteCount
        package var workspace: ByteCount
        /// Pages that belong to nothing, and ends of pages that no block fits into.
        package var spare: ByteCount

        package init(
            budget: ByteCount, weights: ByteCount, kvUsed: ByteCount, kvCached: ByteCount,
            kvFree: ByteCount, workspace: ByteCount, spare: ByteCount
        ) {
            self.budget = budget
            self.weights = weights
            self.kvUsed = kvUsed
            self.kvCached = kvCached
            self.kvFree = kvFree
            self.workspace = workspace
            self.spare = spare
        }
    }

    /// An instance that is not there.
    package init(id: InstanceID, phase: Phase) {
        let nothing = Memory(
            budget: .zero, weights: .zero, kvUsed: .zero, kvCached: .zero, kvFree: .zero,
            workspace: .zero, spare: .zero)
        self.init(
            id: id, phase: phase, layers: 0..<0, hasEmbedding: false, hasHead: false,
            memory: nothing)
    }

    package init(
        id: InstanceID, phase: Phase, layers: LayerRange, hasEmbedding: Bool, hasHead: Bool,
        memory: Memory, service: Service? = nil
    ) {
        self.id = id
        self.phase = phase
        self.service = service
        self.layers = layers
        self.hasEmbedding = hasEmbedding
        self.hasHead = hasHead
        self.memory = memory
    }
}
