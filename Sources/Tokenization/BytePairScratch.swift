internal import HeapModule

/// The working memory of one `encode`: it grows to the longest word and is used again.
struct BytePairScratch {
    /// The word as symbols before `merge`, as tokens after it.
    var symbols: [UInt32] = []
    var cache: WordCache
    /// The merge of each symbol with its right neighbour; the rank `.max` stands for infinity,
    /// for a pair that does not merge.
    private var merges: [MergeTable.Merge] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []

    init(textLength: Int) {
        cache = WordCache(textLength: textLength)
    }

    /// Complexity: O(n log n) in the number of symbols.
    mutating func merge(using table: MergeTable) {
        guard symbols.count > 1 else { return }
        if symbols.count <= Self.scanLimit {
            mergeByScanning(table)
        } else {
            mergeByQueue(table)
        }
    }

    /// Up to this many symbols, looking at all pairs costs less than keeping a heap.
    private static let scanLimit = 40

    private static let infinite = MergeTable.Merge(rank: .max, result: 0)
}

// MARK: - Short words

extension BytePairScratch {
    private mutating func mergeByScanning(_ table: MergeTable) {
        merges.removeAll(keepingCapacity: true)
        for index in 0..<symbols.count - 1 {
            merges.append(table.merge(symbols[index], symbols[index + 1]) ?? Self.infinite)
        }
        while let index = cheapest() {
            symbols[index] = merges[index].result
            symbols.remove(at: index + 1)
            merges.remove(at: index)
            if index > 0 {
                merges[index - 1] =
                    table.merge(symbols[index - 1], symbols[index]) ?? Self.infinite
            }
            if index < merges.count {
                merges[index] = table.merge(symbols[index], symbols[index + 1]) ?? Self.infinite
            }
        }
    }

    /// The leftmost pair of the lowest rank.
    @inline(__always)
    private func cheapest() -> Int? {
        var best: Int?
        var bestRank = UInt32.max
        for index in merges.indices where merges[index].rank < bestRank {
            best = index
            bestRank = merges[index].rank
        }
        return best
    }
}

// MARK: - Long words

extension BytePairScratch {
    /// The same result with a linked list and a heap of (rank, position) keys. A key is stale if
    /// the pair at its position no longer has its rank.
    private mutating func mergeByQueue(_ table: MergeTable) {
        let count = symbols.count
        let last = Int32(count) - 1
        previous = Array(-1..<last)
        next = Array(1...Int32(count))
        var queue = Heap<UInt64>()
        queue.reserveCapacity(count)
        queue.insert(
            contentsOf: (0..<count - 1).compactMap { index in
                table.merge(symbols[index], symbols[index + 1]).map { Self.key($0.rank, index) }
            })
        var isAlive = [Bool](repeating: true, count: count)
        while let key = queue.popMin() {
            let index = Int(key & 0xFFFF_FFFF)
            let right = Int(next[index])
            guard isAlive[index], right < count,
                let merge = table.merge(symbols[index], symbols[right]),
                UInt64(merge.rank) == key >> 32
            else { continue }
            symbols[index] = merge.result
            isAlive[right] = false
            next[index] = next[right]
            let after = Int(next[index])
            if after < count {
                previous[after] = Int32(index)
                if let merge = table.merge(symbols[index], symbols[after]) {
                    queue.insert(Self.key(merge.rank, index))
                }
            }
            let before = Int(previous[index])
            if before >= 0, let merge = table.merge(symbols[before], symbols[index]) {
                queue.insert(Self.key(merge.rank, before))
            }
        }
        keepAlive(isAlive)
    }

    private mutating func keepAlive(_ isAlive: [Bool]) {
        var kept = 0
        for index in isAlive.indices where isAlive[index] {
            symbols[kept] = symbols[index]
            kept += 1
        }
        symbols.removeSubrange(kept...)
    }

    private static func key(_ rank: UInt32, _ index: Int) -> UInt64 {
        UInt64(rank) << 32 | UInt64(index)
    }
}
