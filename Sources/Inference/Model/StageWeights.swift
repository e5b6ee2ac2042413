internal import CKernels
package import Domain

/// The weights of a stage in device memory: each unit in a range of its own, reserved for good, so
/// that each can be dropped and come back while the others stay and no address changes.
package final class StageWeights {
    /// Where a unit is between gone and usable.
    enum UnitState: Hashable {
        case dropped
        /// It has pages, whose bytes are undefined.
        case mapped
        case filled
    }

    let layout: StageLayout
    let type: ComputeType
    /// By unit, in execution order.
    private(set) var states: [UnitState]
    private let memory: any DeviceMemory
    private let ranges: [AddressRange]
    /// Typed views of the units, whether they are in place or not.
    private let table: PackedMatrix?
    private let layers: [LayerWeights]
    private let lastHead: HeadWeights?

    /// Reserves address space and maps all units; their bytes are undefined.
    init(
        _ layout: StageLayout, type: ComputeType, memory: any DeviceMemory
    ) throws(DeviceMemoryError) {
        var ranges: [AddressRange] = []
        do {
            for unit in layout.stage.units {
                ranges.append(try memory.reserve(ByteCount(layout.unit(unit)?.byteCount ?? 0)))
            }
            try memory.apply(PageChange(taking: ranges.map(\.whole)))
        } catch {
            for range in ranges { memory.release(range) }
            throw error
        }
        for range in ranges { memory.commit(range.whole) }
        self.layout = layout
        self.type = type
        self.memory = memory
        self.ranges = ranges
        states = ranges.map { _ in .mapped }
        var bases = ranges.map(\.base)[...]
        let table = layout.embedding.flatMap { embedding in
            bases.popFirst().map { PackedMatrix(embedding.table, at: $0) }
        }
        self.table = table
        layers = zip(layout.layers, bases).map { LayerWeights($0, at: $1) }
        lastHead = layout.head.flatMap { head in
            bases.last.flatMap { HeadWeights(head, at: $0, embedding: table) }
        }
    }

    deinit {
        for range in ranges { memory.release(range) }
    }

    /// Whether the unit's bytes are in place.
    package func holds(_ unit: ParameterUnit) -> Bool { state(of: unit) == .filled }

    /// What is known of a unit; those of other stages are always gone.
    func state(of unit: ParameterUnit) -> UnitState { slot(unit).map { states[$0] } ?? .dropped }

    private func slot(_ unit: ParameterUnit) -> Int? {
        let stage = layout.stage
        return switch unit {
        case .embedding: stage.hasEmbedding ? 0 : nil
        case .layer(let layer):
            stage.layers.contains(layer)
                ? layer - stage.layers.lowerBound + (stage.hasEmbedding ? 1 : 0) : nil
        case .head: stage.hasHead ? states.count - 1 : nil
        }
    }

    private func range(_ unit: ParameterUnit) -> AddressRange {
        guard let slot = slot(unit) else {
            preconditionFailure("\(unit) is not a unit of this stage")
        }
        return ranges[slot]
    }

    /// Where a unit's bytes lie, for the life of the weights.
    func bytes(of unit: ParameterUnit) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: range(unit).base, count: layout.unit(unit)?.byteCount ?? 0)
    }

    /// Pages of all units.
    package var pageCount: Int { ranges.reduce(0) { $0 + $1.mappedCount } }
}

// MARK: - Views

extension StageWeights {
    /// The weights of a layer, which must be in place.
    func layer(_ layer: Int) -> LayerWeights {
        precondition(holds(.layer(layer)), "layer \(layer) is not in place")
        return layers[layer - layout.stage.layers.lowerBound]
    }

    /// The embedding table, if it is in place.
    var embedding: PackedMatrix? { holds(.embedding) ? table : nil }

    /// The head, if it is in place and so is the table it multiplies with.
    var head: HeadWeights? {
        let ownsTable = layout.head?.table != nil
        return holds(.head) && (ownsTable || holds(.embedding)) ? lastHead : nil
    }
}

// MARK: - Changes

extension StageWeights {
    /// What a change means for the pages of the weights. Dropped units have pages, mapped ones
    /// have none.
    func pages(of change: MemoryChange) -> PageChange {
        precondition(change.dropped.allSatisfy { state(of: $0) != .dropped }, "dropped twice")
        precondition(change.mapped.allSatisfy { state(of: $0) == .dropped }, "mapped twice")
        return PageChange(
            giving: change.dropped.map { range($0).whole },
            taking: change.mapped.map { range($0).whole })
    }

    /// Notes a change that has taken place.
    func note(_ change: MemoryChange) {
        for unit in change.dropped { set(.dropped, unit) }
        for unit in change.mapped { set(.mapped, unit) }
    }

    /// Notes that a change has been taken back: units are what they were before.
    func note(states: [UnitState]) { self.states = states }

    /// Notes that the bytes of a unit, which has pages, are in place.
    func noteFilled(_ unit: ParameterUnit) {
        precondition(state(of: unit) != .dropped, "\(unit) has no pages")
        set(.filled, unit)
    }

    private func set(_ state: UnitState, _ unit: ParameterUnit) {
        if let slot = slot(unit) { states[slot] = state }
    }

    /// Traps unless every unit has all its pages or none. Complexity: O(units).
    func checkInvariants() {
        for (range, state) in zip(ranges, states) {
            precondition(range.mappedCount == (state == .dropped ? 0 : range.capacity))
        }
    }
}
