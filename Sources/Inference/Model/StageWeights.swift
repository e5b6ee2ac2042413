internal import CKernels
package import Domain

/// The weights of a stage in device memory: each unit in a range of its own, so that each can be
/// dropped and loaded again while the others stay where they are.
package final class StageWeights {
    private let layout: StageLayout
    private let type: ComputeType
    private let memory: any DeviceMemory
    private var ranges: [ParameterUnit: AddressRange] = [:]
    private var layers: [LayerWeights?]
    private(set) var embedding: PackedMatrix?
    private(set) var head: HeadWeights?

    init(_ layout: StageLayout, type: ComputeType, memory: any DeviceMemory) {
        self.layout = layout
        self.type = type
        self.memory = memory
        layers = Array(repeating: nil, count: layout.layers.count)
    }

    deinit {
        for range in ranges.values { memory.release(range) }
    }

    /// The weights of a layer of the stage; it must be loaded.
    func layer(_ layer: Int) -> LayerWeights {
        guard let weights = layers[layer - layout.stage.layers.lowerBound] else {
            preconditionFailure("layer \(layer) is not loaded")
        }
        return weights
    }

    package func isLoaded(_ unit: ParameterUnit) -> Bool { ranges[unit] != nil }
}

// MARK: - Loading and dropping

extension StageWeights {
    /// Checks that the checkpoint has every tensor of `units` in the right shape, then packs them
    /// with all threads of `pool`. `progress` hears stored bytes done and in all.
    package func load(
        _ units: [ParameterUnit], from checkpoint: Checkpoint, pool: KernelPool,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws {
        let missing = units.filter { !isLoaded($0) }
        var total = ByteCount.zero
        for unit in missing {
            for tensor in tensors(of: unit) {
                total += ByteCount(
                    try checkpoint.tensor(tensor.name, shape: tensor.shape).bytes.count)
            }
        }
        var done = ByteCount.zero
        progress(done, total)
        for unit in missing {
            try load(unit, from: checkpoint, pool: pool) { bytes in
                done += bytes
                progress(done, total)
            }
        }
    }

    private func tensors(of unit: ParameterUnit) -> [TensorPlacement] {
        guard let layout = layout.unit(unit) else {
            preconditionFailure("\(unit) is not a unit of this stage")
        }
        return layout.tensors
    }

    private func load(
        _ unit: ParameterUnit, from checkpoint: Checkpoint, pool: KernelPool,
        progress: (ByteCount) -> Void
    ) throws {
        let size = ByteCount(layout.unit(unit)?.byteCount ?? 0)
        let range = try memory.allocate(size)
        do {
            for placement in tensors(of: unit) {
                let tensor = try checkpoint.tensor(placement.name, shape: placement.shape)
                place(tensor, placement, at: range.base, pool: pool)
                progress(ByteCount(tensor.bytes.count))
            }
        } catch {
            memory.release(range)
            throw error
        }
        ranges[unit] = range
        connect(unit, at: range.base)
    }

    private func place(
        _ tensor: TensorView, _ placement: TensorPlacement, at base: UnsafeMutableRawPointer,
        pool: KernelPool
    ) {
        guard let source = tensor.bytes.baseAddress else { return }
        let target = base + placement.offset
        switch placement.form {
        case .vector(let padded):
            let count = placement.shape[0]
            let floats = target.bindMemory(to: Float.self, capacity: padded)
            ck_convert_to_f32(floats, source, tensor.type.kernelType, count)
            (floats + count).update(repeating: 0, count: padded - count)
        case .panels:
            let work = PackWork(
                panels: target, to: type.kernelType, tensor: source,
                from: tensor.type.kernelType, outputs: placement.shape[0],
                depth: placement.shape[1])
            let panels = (work.outputs + Int(CK_PANEL) - 1) / Int(CK_PANEL)
            pool.run(work, count: panels, cost: work.depth * Int(CK_PANEL))
        }
    }

    /// Makes the typed view of a unit that has been loaded.
    private func connect(_ unit: ParameterUnit, at base: UnsafeMutableRawPointer) {
        switch unit {
        case .embedding:
            embedding = layout.embedding.map { PackedMatrix($0.table, at: base) }
        case .layer(let layer):
            let index = layer - layout.stage.layers.lowerBound
            layers[index] = LayerWeights(layout.layers[index], at: base)
        case .head:
            guard let head = layout.head,
                let table = head.table.map({ PackedMatrix($0, at: base) }) ?? embedding
            else { preconditionFailure("a shared head is loaded after the embedding") }
            let norm = (base + head.norm).assumingMemoryBound(to: Float.self)
            self.head = HeadWeights(norm: norm, table: table)
        }
    }

    /// Gives a layer's pages back to the device memory.
    package func drop(layer: Int) {
        guard let range = ranges.removeValue(forKey: .layer(layer)) else { return }
        layers[layer - layout.stage.layers.lowerBound] = nil
        memory.release(range)
    }
}
