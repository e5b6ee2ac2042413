package import Domain

/// Addresses of an instance's memory, for threads that copy between instances. They are the same
/// for the executor's whole life; whether there is memory behind one, and whether others may
/// touch it now, is for its user to know.
///
/// - Unchecked: a table of addresses that never changes.
package struct InstanceMemoryView: @unchecked Sendable {
    /// Bytes of one block in one layer.
    package let blockBytes: Int
    /// Layers of the model.
    package let layerCount: Int
    private let firstLayer: Int
    private let kvBases: [UnsafeMutableRawPointer]
    private let units: [ParameterUnit: UnsafeMutableRawBufferPointer]

    init(
        layerCount: Int, kv: KVCache, units: [ParameterUnit: UnsafeMutableRawBufferPointer]
    ) {
        blockBytes = kv.blockBytes.bytes
        self.layerCount = layerCount
        firstLayer = kv.layers.lowerBound
        kvBases = kv.layers.map { kv.base(layer: $0) }
        self.units = units
    }

    /// A block of a layer's KV, `blockBytes` long.
    package func kv(layer: Int, block: BlockID) -> UnsafeMutableRawPointer {
        kvBases[layer - firstLayer] + block.index * blockBytes
    }

    /// The packed bytes of a unit: the same on every instance of one model, compute type and
    /// program.
    package func unit(_ unit: ParameterUnit) -> UnsafeMutableRawBufferPointer {
        guard let bytes = units[unit] else {
            preconditionFailure("\(unit) is not a unit of this stage")
        }
        return bytes
    }
}
