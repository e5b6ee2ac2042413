internal import CKernels
package import Domain

extension StageWeights {
    /// Checks that the checkpoint has every tensor of those of `units` that are not in place, in
    /// the right shape, then packs them with all threads of `pool`. The units have pages.
    /// `progress` hears stored bytes done and in all.
    package func load(
        _ units: [ParameterUnit], from checkpoint: Checkpoint, pool: KernelPool,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws(ModelFileError) {
        let missing = units.filter { !holds($0) }
        precondition(missing.allSatisfy { state(of: $0) == .mapped }, "a unit has no pages")
        var total = ByteCount.zero
        for unit in missing {
            for tensor in layout.unit(unit)?.tensors ?? [] {
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
            noteFilled(unit)
        }
    }

    /// Every byte of the unit is written, so that it is the same wherever it was loaded.
    private func load(
        _ unit: ParameterUnit, from checkpoint: Checkpoint, pool: KernelPool,
        progress: (ByteCount) -> Void
    ) throws(ModelFileError) {
        let bytes = bytes(of: unit)
        var end = 0
        for placement in layout.unit(unit)?.tensors ?? [] {
            let tensor = try checkpoint.tensor(placement.name, shape: placement.shape)
            clear(bytes, end..<placement.offset)
            end = placement.offset + place(tensor, placement, in: bytes, pool: pool)
            progress(ByteCount(tensor.bytes.count))
        }
        clear(bytes, end..<bytes.count)
    }

    private func clear(_ bytes: UnsafeMutableRawBufferPointer, _ gap: Range<Int>) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[gap])
            .initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Returns how many bytes it took.
    private func place(
        _ tensor: TensorView, _ placement: TensorPlacement,
        in bytes: UnsafeMutableRawBufferPointer, pool: KernelPool
    ) -> Int {
        guard let source = tensor.bytes.baseAddress, let base = bytes.baseAddress else { return 0 }
        let target = base + placement.offset
        switch placement.form {
        case .vector(let padded):
            let count = placement.shape[0]
            let floats = target.bindMemory(to: Float.self, capacity: padded)
            ck_convert_to_f32(floats, source, tensor.type.kernelType, count)
            (floats + count).update(repeating: 0, count: padded - count)
            return padded * MemoryLayout<Float>.stride
        case .panels:
            let work = PackWork(
                panels: target, to: type.kernelType, tensor: source,
                from: tensor.type.kernelType, outputs: placement.shape[0],
                depth: placement.shape[1])
            let panels = (work.outputs + Int(CK_PANEL) - 1) / Int(CK_PANEL)
            pool.run(work, count: panels, cost: work.depth * Int(CK_PANEL))
            return ck_panel_elements(work.outputs, work.depth) * type.elementSize
        }
    }
}
