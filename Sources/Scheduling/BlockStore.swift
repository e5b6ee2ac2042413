package import Domain

/// The KV blocks of one instance: which are free, and how many groups' blocks lie on each.
///
/// Groups name blocks by ids of their own (`BlockPool`); each of those lies on one block of every
/// member's store. A block lies under two groups' ids only while a sequence moves from one to the
/// other. *Base* blocks are those that an instance has while it holds the whole model; blocks
/// beyond them come and go with a drop, so base blocks are handed out first. Every operation on
/// one block is O(1) (`FreeBlocks`).
package struct BlockStore: Sendable {
    package let baseCount: BlockCount
    /// Kept beside the lists, for with many instances those are seldom in the cache.
    package private(set) var capacity: BlockCount
    /// By block: how many groups' blocks lie on it.
    private(set) var references: [Int32]
    private var free: FreeBlocks

    /// - Parameters:
    ///   - baseCount: Blocks of an instance that holds the whole model.
    ///   - columnSize: Blocks that lie on the same pages.
    package init(baseCount: BlockCount, columnSize: Int = 1) {
        precondition(baseCount >= 0)
        self.baseCount = baseCount
        capacity = baseCount
        references = Array(repeating: 0, count: baseCount)
        free = FreeBlocks(columnSize: columnSize, baseCount: baseCount)
        free.insert(0..<baseCount)
    }

    package var freeCount: BlockCount { free.count }
    package var usedCount: BlockCount { capacity - freeCount }

    /// By block: whether a group's block lies on it.
    package var isUsed: [Bool] { references.map { $0 > 0 } }

    func isShared(_ block: BlockID) -> Bool { references[block.index] > 1 }

    /// Takes a free block, on the same pages as `neighbor` if there is one.
    package mutating func allocate(near neighbor: BlockID? = nil) -> BlockID? {
        guard let block = free.take(near: neighbor) else { return nil }
        references[block.index] = 1
        return block
    }

    /// Lets another group's block lie on a block in use.
    package mutating func retain(_ block: BlockID) {
        precondition(references[block.index] > 0, "block \(block) is free")
        references[block.index] += 1
    }

    package mutating func release(_ block: BlockID) {
        precondition(references[block.index] > 0, "block \(block) released too often")
        references[block.index] -= 1
        if references[block.index] == 0 { free.insert(block) }
    }

    /// Adds the blocks from the present capacity up to `count`.
    package mutating func grow(to count: BlockCount) {
        precondition(count >= capacity)
        free.insert(capacity..<count)
        references.append(contentsOf: repeatElement(0, count: count - capacity))
        capacity = count
    }
}

// MARK: - Vacating the extension

extension BlockStore {
    /// Copies that bring everything beyond the base down into free base blocks; `nil` when there
    /// are too few of those. Complexity: O(blocks).
    package func movesToBase() -> [MemoryChange.BlockMove]? {
        let sources = references.indices.dropFirst(baseCount).filter { references[$0] > 0 }
        let targets = references.indices.prefix(baseCount).filter { references[$0] == 0 }
        guard sources.count <= targets.count else { return nil }
        return zip(sources, targets).map { source, target in
            MemoryChange.BlockMove(source: BlockID(index: source), target: BlockID(index: target))
        }
    }

    /// Books moves that have taken place, and gives everything beyond the base up.
    package mutating func shrinkToBase(_ moves: [MemoryChange.BlockMove]) {
        for move in moves {
            precondition(references[move.target.index] == 0, "the target is in use")
            references[move.target.index] = references[move.source.index]
            references[move.source.index] = 0
        }
        precondition(references.dropFirst(baseCount).allSatisfy { $0 == 0 })
        references.removeLast(references.count - baseCount)
        free = FreeBlocks(columnSize: free.columnSize, baseCount: baseCount)
        for index in references.indices.reversed() where references[index] == 0 {
            free.insert(BlockID(index: index))
        }
        capacity = baseCount
    }
}

// MARK: - Invariants

extension BlockStore {
    /// Traps unless exactly the blocks without references are free, and `uses`, counted by block
    /// over all groups, are the references. Complexity: O(blocks).
    package func checkInvariants(uses: [Int32]) {
        precondition(uses == references, "blocks in use and references differ")
        precondition(capacity == references.count)
        precondition(free.count == references.count { $0 == 0 }, "free blocks are miscounted")
        for index in references.indices {
            precondition(free.contains(BlockID(index: index)) == (references[index] == 0))
        }
    }
}
