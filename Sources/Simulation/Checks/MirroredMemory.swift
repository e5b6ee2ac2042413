internal import Cluster
internal import Domain

/// The pages of one instance as its memory changes make them, reckoned without the cell.
struct MirroredMemory: Sendable {
    private let shape: InstanceMemoryShape
    /// By unit, in execution order: the embedding, the layers, the head.
    private var units: [UnitState]
    /// (layer, column): whether the KV column has a page.
    private var columns: [[Bool]]
    /// By layer: columns with pages before the first one without.
    private var wholeColumns: [Int]
    private(set) var weightPages: Int
    private(set) var kvPages: Int

    enum UnitState: Hashable, Sendable {
        case absent, mapped, loaded
    }

    /// The whole model.
    init(_ shape: InstanceMemoryShape) {
        self.shape = shape
        units = Array(repeating: .loaded, count: shape.layerCount + 2)
        columns = Array(
            repeating: Array(repeating: true, count: shape.kvPagesPerLayer),
            count: shape.layerCount)
        wholeColumns = Array(repeating: shape.kvPagesPerLayer, count: shape.layerCount)
        weightPages = shape.embeddingPages + shape.layerPages.reduce(0, +) + shape.headPages
        kvPages = shape.kvPagesPerLayer * shape.layerCount
    }

    /// Pages of the budget that belong to nothing.
    var sparePages: Int { shape.pageCount - shape.workspacePages - weightPages - kvPages }

    func state(of unit: ParameterUnit) -> UnitState { units[index(of: unit)] }

    /// Blocks that every one of these layers has memory for, from the first one on.
    func blockCount(of layers: LayerRange) -> BlockCount {
        let pages = wholeColumns[layers].min() ?? 0
        return shape.blockCount(pagesPerLayer: pages)
    }

    private func index(of unit: ParameterUnit) -> Int {
        switch unit {
        case .embedding: 0
        case .layer(let layer): layer + 1
        case .head: units.count - 1
        }
    }
}

// MARK: - Changes

extension MirroredMemory {
    /// Carries a change out; what is wrong with it, if anything is.
    mutating func apply(_ change: MemoryChange) -> String? {
        var fault: String?
        for unit in change.dropped {
            if state(of: unit) == .absent { fault = "\(unit) is dropped and not there" }
            set(unit, .absent)
        }
        for vacated in change.vacated {
            for layer in vacated.layers {
                for range in vacated.columns { fault = vacate(range, of: layer) ?? fault }
            }
        }
        for unit in change.mapped {
            if state(of: unit) != .absent { fault = "\(unit) is mapped twice" }
            set(unit, .mapped)
        }
        for grown in change.grown {
            for layer in grown.layers {
                columns[layer] += repeatElement(true, count: grown.pages)
                kvPages += grown.pages
            }
        }
        for layer in columns.indices {
            wholeColumns[layer] = columns[layer].firstIndex(of: false) ?? columns[layer].count
        }
        return sparePages < 0 ? "\(-sparePages) pages more than the budget" : fault
    }

    private mutating func vacate(_ range: Range<Int>, of layer: Int) -> String? {
        for column in range {
            guard column < columns[layer].count, columns[layer][column] else {
                return "column \(column) of layer \(layer) is given up and has no page"
            }
            columns[layer][column] = false
            kvPages -= 1
        }
        while columns[layer].last == false { columns[layer].removeLast() }
        return nil
    }

    private mutating func set(_ unit: ParameterUnit, _ state: UnitState) {
        let place = index(of: unit)
        if units[place] == .absent, state != .absent { weightPages += shape.pages(of: unit) }
        if units[place] != .absent, state == .absent { weightPages -= shape.pages(of: unit) }
        units[place] = state
    }

    /// The bytes of units are there; which of them have no pages to be in.
    mutating func load(_ loaded: [ParameterUnit]) -> String? {
        let bare = loaded.first { state(of: $0) == .absent }
        for unit in loaded where state(of: unit) == .mapped { set(unit, .loaded) }
        return bare.map { "\($0) is loaded and has no pages" }
    }
}

// MARK: - Comparing

extension MirroredMemory {
    /// How the cell's own book differs from this one; `nil` if it does not. Complexity: O(units).
    func difference(from memory: InstanceMemory, blocks: BlockCount) -> String? {
        if memory.weightPages != weightPages {
            return "\(memory.weightPages) pages of parameters instead of \(weightPages)"
        }
        if memory.kvPages != kvPages {
            return "\(memory.kvPages) pages of KV instead of \(kvPages)"
        }
        if memory.sparePages != sparePages {
            return "\(memory.sparePages) spare pages instead of \(sparePages)"
        }
        let there = blockCount(of: memory.held.layers)
        if blocks != there { return "\(blocks) blocks instead of \(there)" }
        let absent = shape.units(for: memory.held).first { state(of: $0) == .absent }
        return absent.map { "\($0) is not there" }
    }
}
