package import Domain

/// The pages of one instance: what its memory is made of now, and which change leads to what comes
/// next. The shell carries the same change out on real pages.
package struct InstanceMemory: Hashable, Sendable {
    package let shape: InstanceMemoryShape
    /// The units that have pages.
    package private(set) var held: StageRange
    /// Those of them whose bytes are still to come.
    package private(set) var unloaded: [ParameterUnit] = []
    /// KV pages of each layer held.
    package private(set) var pagesPerLayer: Int
    package private(set) var sparePages: Int
    /// Layers given up whose KV columns still hold sequences on their way out.
    package private(set) var retiring: Retiring?

    package struct Retiring: Hashable, Sendable {
        package var layers: [LayerRange]
        /// Columns with pages, ascending.
        package var columns: [Int]

        var layerCount: Int { layers.reduce(0) { $0 + $1.count } }
    }

    package init(shape: InstanceMemoryShape) {
        self.shape = shape
        held = .whole(layerCount: shape.layerCount)
        pagesPerLayer = shape.kvPagesPerLayer
        sparePages = shape.sparePages
    }

    /// Blocks that every layer held has memory for.
    package var blockCount: BlockCount { shape.blockCount(pagesPerLayer: pagesPerLayer) }
    /// It holds every unit, bytes and all.
    package var isWhole: Bool {
        unloaded.isEmpty && held == .whole(layerCount: shape.layerCount)
    }

    package var weightPages: Int {
        shape.pages(of: held)
    }

    package var kvPages: Int {
        pagesPerLayer * held.layers.count
            + (retiring.map { $0.columns.count * $0.layerCount } ?? 0)
    }

    /// Traps unless every page of the budget is accounted for.
    package func checkInvariants() {
        let pages = weightPages + kvPages + sparePages + shape.workspacePages
        precondition(pages == shape.pageCount, "\(pages) of \(shape.pageCount) pages")
    }
}

// MARK: - Changes

extension InstanceMemory {
    /// Goes down to `range`: the weights given up, and the KV columns of their layers in which no
    /// block is used, become KV of the layers kept. Columns in use follow by `reclaim`.
    package mutating func drop(to range: StageRange, isUsed: [Bool]) -> MemoryChange {
        precondition(retiring == nil && !range.layers.isEmpty)
        var change = MemoryChange()
        change.dropped = shape.unitsDropped(from: held, to: range)
        let below = held.layers.lowerBound..<range.layers.lowerBound
        let above = range.layers.upperBound..<held.layers.upperBound
        var leaving = Retiring(
            layers: [below, above].filter { !$0.isEmpty }, columns: Array(0..<pagesPerLayer))
        sparePages += change.dropped.reduce(0) { $0 + shape.pages(of: $1) }
        held = range
        unloaded.removeAll { change.dropped.contains($0) }
        vacate(&leaving, isUsed, &change)
        growHeldLayers(&change)
        return change
    }

    /// Turns the retiring columns in which no block is used any more into KV of the layers held;
    /// `nil` when that would not give `least` pages to each, unless it is the end of it.
    package mutating func reclaim(isUsed: [Bool], least: Int) -> MemoryChange? {
        guard var leaving = retiring else { return nil }
        var next = self
        var change = MemoryChange()
        next.vacate(&leaving, isUsed, &change)
        guard !change.vacated.isEmpty else { return nil }
        next.growHeldLayers(&change)
        let pages = change.grown.first?.pages ?? 0
        guard pages >= least || next.retiring == nil else { return nil }
        self = next
        return change
    }

    /// Goes back to the whole model: the columns beyond the base, which hold nothing after `moves`,
    /// become weights and KV of the layers that were missing. The weights are still to be loaded.
    package mutating func restore(moves: [MemoryChange.BlockMove]) -> MemoryChange {
        precondition(retiring == nil)
        var change = MemoryChange()
        change.moves = moves
        change.movedLayers = moves.isEmpty ? 0..<0 : held.layers
        let extra = shape.kvPagesPerLayer..<pagesPerLayer
        if !extra.isEmpty {
            change.vacated = [.init(layers: held.layers, columns: [extra])]
        }
        change.mapped = unitsWithoutPages
        let missing = [0..<held.layers.lowerBound, held.layers.upperBound..<shape.layerCount]
        change.grown = missing.filter { !$0.isEmpty }.map {
            .init(layers: $0, pages: shape.kvPagesPerLayer)
        }
        let toLoad = missingUnits
        self = InstanceMemory(shape: shape)
        unloaded = toLoad
        return change
    }

    /// Every unit is in place.
    package mutating func finishLoading() { unloaded = [] }

    /// What the instance would have to load to hold the whole model, in execution order.
    package var missingUnits: [ParameterUnit] {
        let present = shape.units(for: held)
        return shape.units(for: .whole(layerCount: shape.layerCount)).filter {
            !present.contains($0) || unloaded.contains($0)
        }
    }

    private var unitsWithoutPages: [ParameterUnit] {
        missingUnits.filter { !unloaded.contains($0) }
    }

    /// Moves the pages of unused columns to the spare ones.
    private mutating func vacate(
        _ leaving: inout Retiring, _ isUsed: [Bool], _ change: inout MemoryChange
    ) {
        let kept = leaving.columns.filter { overlapsUsedBlock($0, isUsed) }
        let freed = Self.ranges(leaving.columns.filter { !overlapsUsedBlock($0, isUsed) })
        if !freed.isEmpty {
            change.vacated = leaving.layers.map { .init(layers: $0, columns: freed) }
        }
        sparePages += (leaving.columns.count - kept.count) * leaving.layerCount
        leaving.columns = kept
        retiring = kept.isEmpty || leaving.layers.isEmpty ? nil : leaving
    }

    private func overlapsUsedBlock(_ column: Int, _ isUsed: [Bool]) -> Bool {
        let page = shape.pageSize.bytes
        let first = column * page / shape.blockBytes.bytes
        let end = ((column + 1) * page + shape.blockBytes.bytes - 1) / shape.blockBytes.bytes
        return (first..<end).contains { $0 < isUsed.count && isUsed[$0] }
    }

    private mutating func growHeldLayers(_ change: inout MemoryChange) {
        let pages = sparePages / held.layers.count
        guard pages > 0 else { return }
        change.grown = [.init(layers: held.layers, pages: pages)]
        pagesPerLayer += pages
        sparePages -= pages * held.layers.count
    }

    /// Ascending numbers as ranges.
    private static func ranges(_ columns: [Int]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for column in columns {
            if let last = ranges.last, last.upperBound == column {
                ranges[ranges.count - 1] = last.lowerBound..<(column + 1)
            } else {
                ranges.append(column..<(column + 1))
            }
        }
        return ranges
    }
}
