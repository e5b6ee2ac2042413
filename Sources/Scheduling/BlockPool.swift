package import Domain

/// The KV blocks of one group: reference counts, the order in which free ones are reused, and the
/// index that finds blocks by the prefix they hold.
///
/// A block is *used* (someone holds a reference), *cached* (nobody does, but it still holds a
/// findable prefix) or *blank*. Blank blocks are reused first, then cached ones, the least
/// recently released first. `free` counts both. Every operation is O(1), or O(blockSize) where it
/// touches tokens.
package struct BlockPool {
    package let blockSize: TokenCount
    package let isCaching: Bool
    /// By block: how many holders it has.
    private(set) var references: [Int32]
    /// By block: the prefix that ends with it, if it can be found.
    private(set) var prefixes: [PrefixID?]
    /// By block: the prefix before it; meaningful where `prefixes` is.
    private var parents: [PrefixID]
    /// (block, slot): the tokens of findable blocks.
    private var tokens: [TokenID]
    private(set) var reuseOrder: BlockList
    private(set) var index: [PrefixDigest: BlockID] = [:]
    private var prefixesGiven: UInt64 = 0

    /// - Parameters:
    ///   - blockCount: Blocks in the pool.
    ///   - blockSize: Token slots per block.
    ///   - isCaching: Whether released blocks stay findable.
    package init(blockCount: BlockCount, blockSize: TokenCount, isCaching: Bool) {
        precondition(blockCount >= 0 && blockSize > 0)
        self.blockSize = blockSize
        self.isCaching = isCaching
        references = Array(repeating: 0, count: blockCount)
        prefixes = Array(repeating: nil, count: blockCount)
        parents = Array(repeating: .empty, count: blockCount)
        tokens = Array(repeating: 0, count: isCaching ? blockCount * blockSize : 0)
        reuseOrder = BlockList(capacity: blockCount)
        for block in 0..<blockCount { reuseOrder.append(BlockID(index: block)) }
    }

    package var blockCount: BlockCount { references.count }
    /// Blocks that nobody holds.
    package var freeCount: BlockCount { reuseOrder.count }
    package var usedCount: BlockCount { blockCount - freeCount }

    /// Takes a free block, forgetting the prefix it may still hold; `nil` when all are held.
    package mutating func allocate() -> BlockID? {
        guard let block = reuseOrder.popFirst() else { return nil }
        forgetPrefix(of: block)
        references[block.index] = 1
        return block
    }

    /// Adds a holder to a block that is used or cached.
    package mutating func retain(_ block: BlockID) {
        if references[block.index] == 0 { reuseOrder.remove(block) }
        references[block.index] += 1
    }

    /// Takes one holder away; without holders the block is free.
    package mutating func release(_ block: BlockID) {
        precondition(references[block.index] > 0, "block \(block) released too often")
        references[block.index] -= 1
        guard references[block.index] == 0 else { return }
        if prefixes[block.index] == nil {
            reuseOrder.prepend(block)
        } else {
            reuseOrder.append(block)
        }
    }

    private mutating func forgetPrefix(of block: BlockID) {
        guard prefixes[block.index] != nil else { return }
        index[PrefixDigest(after: parents[block.index], tokens: tokensHeld(by: block))] = nil
        prefixes[block.index] = nil
    }

    private func tokensHeld(by block: BlockID) -> ArraySlice<TokenID> {
        tokens[block.index * blockSize..<(block.index + 1) * blockSize]
    }
}

// MARK: - Prefixes

extension BlockPool {
    /// Makes a full, computed block findable and returns the prefix that ends with it. When an
    /// equal prefix is findable already, that one's name is returned and this block stays blank.
    package mutating func register(
        _ block: BlockID, after parent: PrefixID, tokens: ArraySlice<TokenID>
    ) -> PrefixID {
        precondition(tokens.count == blockSize && references[block.index] > 0)
        guard isCaching else { return .empty }
        let digest = PrefixDigest(after: parent, tokens: tokens)
        if let known = index[digest] {
            if let prefix = prefix(of: known, ifHolding: tokens, after: parent) { return prefix }
            prefixes[known.index] = nil
        }
        prefixesGiven += 1
        let prefix = PrefixID(rawValue: prefixesGiven)
        let start = block.index * blockSize
        self.tokens.replaceSubrange(start..<(start + blockSize), with: tokens)
        parents[block.index] = parent
        prefixes[block.index] = prefix
        index[digest] = block
        return prefix
    }

    /// The block that holds `tokens` right after `parent`, and the prefix that ends with it.
    package func find(
        _ tokens: ArraySlice<TokenID>, after parent: PrefixID
    ) -> (block: BlockID, prefix: PrefixID)? {
        guard let block = index[PrefixDigest(after: parent, tokens: tokens)],
            let prefix = prefix(of: block, ifHolding: tokens, after: parent)
        else { return nil }
        return (block, prefix)
    }

    private func prefix(
        of block: BlockID, ifHolding tokens: ArraySlice<TokenID>, after parent: PrefixID
    ) -> PrefixID? {
        guard parents[block.index] == parent, tokensHeld(by: block) == tokens else { return nil }
        return prefixes[block.index]
    }
}

// MARK: - Invariants

extension BlockPool {
    /// Traps unless the books balance: free + used = total, free blocks are exactly those without
    /// holders, and the index names exactly the findable blocks. Complexity: O(blocks).
    package func checkInvariants() {
        var listed = Array(repeating: false, count: blockCount)
        for block in reuseOrder.blocks() {
            precondition(!listed[block.index], "block \(block) is listed twice")
            listed[block.index] = true
        }
        for block in 0..<blockCount {
            precondition(references[block] >= 0)
            precondition(listed[block] == (references[block] == 0), "block \(block) is misfiled")
        }
        let findable = prefixes.count { $0 != nil }
        precondition(findable == index.count, "\(findable) findable, \(index.count) indexed")
        for (digest, block) in index {
            let expected = PrefixDigest(
                after: parents[block.index], tokens: tokensHeld(by: block))
            precondition(digest == expected && prefixes[block.index] != nil)
        }
    }
}
