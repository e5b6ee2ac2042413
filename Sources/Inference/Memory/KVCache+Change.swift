package import Domain

extension KVCache {
    /// Maps the first `columns` columns of every layer, which has none yet.
    func fill(columns: Int) throws(DeviceMemoryError) {
        let spans = ranges.map { PageSpan(range: $0, places: 0..<columns) }
        try memory.apply(PageChange(taking: spans))
        countColumns()
    }

    /// What a change means for the pages of the KV. A column that would be given up and taken
    /// again stays as it is.
    package func pages(of change: MemoryChange) -> PageChange {
        for named in change.vacated.map(\.layers) + change.grown.map(\.layers) {
            precondition(named.clamped(to: layers).count == named.count, "a layer of another stage")
        }
        var pages = PageChange()
        for layer in layers {
            let range = ranges[index(layer)]
            let vacated = vacatedColumns(of: change, layer: layer)
            let last = range.pages.indices.last { range.pages[$0] != nil && !vacated.contains($0) }
            let end = last.map { $0 + 1 } ?? 0
            let count = change.grown.reduce(0) {
                $0 + ($1.layers.contains(layer) ? $1.pages : 0)
            }
            let grown = RangeSet(end..<end + count)
            func spans(_ columns: RangeSet<Int>) -> [PageSpan] {
                columns.ranges.map { PageSpan(range: range, places: $0) }
            }
            pages.giving += spans(vacated.subtracting(grown))
            pages.taking += spans(grown.subtracting(vacated))
        }
        return pages
    }

    private func vacatedColumns(of change: MemoryChange, layer: Int) -> RangeSet<Int> {
        var columns = RangeSet<Int>()
        for vacated in change.vacated where vacated.layers.contains(layer) {
            for range in vacated.columns { columns.insert(contentsOf: range) }
        }
        for range in columns.ranges {
            precondition(range.allSatisfy { hasColumn($0, layer: layer) }, "no such column")
        }
        return columns
    }

    /// Counts anew after a change of pages.
    package func countColumns() {
        leadingColumns = ranges.map { range in
            range.pages.firstIndex { $0 == nil } ?? range.pages.count
        }
    }
}

// MARK: - Moves

extension KVCache {
    /// Copies blocks inside the cache.
    func move(_ change: MemoryChange, pool: KernelPool) {
        guard !change.moves.isEmpty else { return }
        let work = BlockMoveWork(
            bases: change.movedLayers.map(base), moves: change.moves, blockBytes: blockBytes.bytes)
        pool.run(work, count: work.bases.count, cost: work.moves.count * work.blockBytes)
    }

    /// Traps unless every block that moves has memory, and every target keeps it.
    func checkMoves(of change: MemoryChange) {
        guard !change.moves.isEmpty else { return }
        for layer in change.movedLayers {
            let vacated = vacatedColumns(of: change, layer: layer)
            for move in change.moves {
                precondition(columns(of: move.source).allSatisfy { hasColumn($0, layer: layer) })
                precondition(
                    columns(of: move.target).allSatisfy {
                        hasColumn($0, layer: layer) && !vacated.contains($0)
                    })
            }
        }
    }

    /// The columns that a block lies in.
    func columns(of block: BlockID) -> ClosedRange<Int> {
        let first = block.index * blockBytes.bytes
        let last = first + blockBytes.bytes - 1
        return first / memory.pageSize.bytes...last / memory.pageSize.bytes
    }
}
