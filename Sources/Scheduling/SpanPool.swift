package import Domain

/// The spans of one group: reference counts, the blocks that each lies on, the order in which
/// cached ones are given up, and the index that finds spans by the prefix they hold.
///
/// A span is *used* (someone holds a reference), *cached* (nobody does, but it still holds a
/// findable prefix and lies on blocks) or *blank* (it lies on nothing). A new span takes a free
/// block of every member's store; when one of them has none, the cached span that was released
/// first gives up its own. Every operation is O(stages), or O(blockSize) where it touches tokens.
package struct SpanPool: Sendable {
    package let blockSize: TokenCount
    /// Whether released spans stay findable.
    package private(set) var isCaching: Bool
    /// By stage: whose store its blocks come from.
    package let instances: [InstanceID]
    /// By span: how many holders it has.
    private(set) var references: [Int32] = []
    /// (span, stage): the block it lies on, where it is not blank.
    private var blocks: [BlockID] = []
    private var blank: [SpanID] = []
    /// By span: the prefix that ends with it, if it can be found.
    private(set) var prefixes: [PrefixID?] = []
    /// By span: the prefix before it; meaningful where `prefixes` is.
    private var parents: [PrefixID] = []
    /// (span, slot): the tokens of findable spans.
    private var tokens: [TokenID] = []
    /// Cached spans, the one released first at the front.
    package private(set) var cached = SpanList()
    private(set) var index = PrefixIndex()
    private var prefixesGiven: UInt64 = 0
    package private(set) var usedCount: BlockCount = 0
    /// How often a span has lost a holder or changed its block. While it stays the same, so do the
    /// blocks under every sequence.
    private(set) var releases = 0

    /// - Parameters:
    ///   - instances: The group's members in stage order.
    ///   - blockSize: Token slots per span.
    ///   - isCaching: Whether released spans stay findable.
    package init(instances: [InstanceID], blockSize: TokenCount, isCaching: Bool) {
        precondition(!instances.isEmpty && blockSize > 0)
        self.instances = instances
        self.blockSize = blockSize
        self.isCaching = isCaching
    }

    package var cachedCount: BlockCount { cached.count }

    /// Spans that could be taken now.
    package func freeCount(_ stores: [BlockStore]) -> BlockCount {
        var free = BlockCount.max
        for instance in instances { free = min(free, stores[instance.index].freeCount) }
        return free + cached.count
    }

    /// Spans that the members' blocks could make, if no other group used any.
    package func capacity(_ stores: [BlockStore]) -> BlockCount {
        instances.reduce(BlockCount.max) { min($0, stores[$1.index].capacity) }
    }

    /// The block under a used or cached span in one stage.
    package func block(_ span: SpanID, stage: Int) -> BlockID {
        blocks[span.index * instances.count + stage]
    }

    /// Adds the blocks under used spans in one stage.
    func addBlocks(under spans: ArraySlice<SpanID>, stage: Int, to step: inout Step) {
        for span in spans { step.addBlock(block(span, stage: stage)) }
    }
}

// MARK: - Holding

extension SpanPool {
    /// Takes a span, on the same pages as `neighbor` where they have a free block; `nil` when a
    /// member has no block for it.
    package mutating func allocate(
        near neighbor: SpanID? = nil, _ stores: inout [BlockStore]
    ) -> SpanID? {
        while instances.contains(where: { stores[$0.index].freeCount == 0 }) {
            guard let evicted = cached.first else { return nil }
            evict(evicted, &stores)
        }
        let span = takeBlank()
        for (stage, instance) in instances.enumerated() {
            let near = neighbor.map { self.block($0, stage: stage) }
            guard let block = stores[instance.index].allocate(near: near) else {
                preconditionFailure("the store has a block")
            }
            blocks[span.index * instances.count + stage] = block
        }
        return span
    }

    /// Takes a span whose blocks the caller has taken or retained: one for each stage.
    package mutating func adopt(_ adopted: [BlockID]) -> SpanID {
        precondition(adopted.count == instances.count)
        let span = takeBlank()
        for (stage, block) in adopted.enumerated() {
            blocks[span.index * instances.count + stage] = block
        }
        return span
    }

    /// Gives up cached spans until each of `members` has `count` free blocks; `false` when even
    /// that is not enough.
    package mutating func makeFree(
        _ count: BlockCount, on members: [InstanceID], _ stores: inout [BlockStore]
    ) -> Bool {
        var fewest = BlockCount.max
        for member in members { fewest = min(fewest, stores[member.index].freeCount) }
        guard members.isEmpty || fewest + cached.count >= count else { return false }
        while members.contains(where: { stores[$0.index].freeCount < count }) {
            guard let span = cached.first else { return false }
            evict(span, &stores)
        }
        return true
    }

    private mutating func takeBlank() -> SpanID {
        usedCount += 1
        if let span = blank.popLast() {
            references[span.index] = 1
            return span
        }
        let span = SpanID(index: references.count)
        references.append(1)
        prefixes.append(nil)
        parents.append(.empty)
        if isCaching { tokens.append(contentsOf: repeatElement(0, count: blockSize)) }
        for _ in instances { blocks.append(BlockID(0)) }
        cached.addPlace()
        return span
    }

    /// Adds a holder to a span that is used or cached.
    package mutating func retain(_ span: SpanID) {
        if references[span.index] == 0 {
            cached.remove(span)
            usedCount += 1
        }
        references[span.index] += 1
    }

    /// Takes one holder away; without holders the span is cached or blank.
    package mutating func release(_ span: SpanID, _ stores: inout [BlockStore]) {
        precondition(references[span.index] > 0, "span \(span) released too often")
        releases += 1
        references[span.index] -= 1
        guard references[span.index] == 0 else { return }
        usedCount -= 1
        cached.append(span)
        if prefixes[span.index] == nil || !isCaching || isShared(span, stores) {
            evict(span, &stores)
        }
    }

    /// Whether another group's span lies on one of the blocks, so that giving the span up would not
    /// free them.
    private func isShared(_ span: SpanID, _ stores: [BlockStore]) -> Bool {
        instances.indices.contains { stage in
            stores[instances[stage].index].isShared(block(span, stage: stage))
        }
    }

    /// Makes a cached span blank.
    private mutating func evict(_ span: SpanID, _ stores: inout [BlockStore]) {
        cached.remove(span)
        forgetPrefix(of: span)
        for (stage, instance) in instances.enumerated() {
            stores[instance.index].release(block(span, stage: stage))
        }
        blank.append(span)
    }

    /// Gives up every cached span and caches no more: the group is about to end or to change its
    /// memory.
    package mutating func stopCaching(_ stores: inout [BlockStore]) {
        evictAll(&stores)
        isCaching = false
    }

    /// Gives up every cached span.
    package mutating func evictAll(_ stores: inout [BlockStore]) {
        while let span = cached.first { evict(span, &stores) }
    }

    /// Books that an instance has moved blocks.
    package mutating func applyMoves(_ moves: [MemoryChange.BlockMove], of instance: InstanceID) {
        guard let stage = instances.firstIndex(of: instance) else { return }
        releases += 1
        var targets: [BlockID: BlockID] = [:]
        for move in moves { targets[move.source] = move.target }
        for span in references.indices where references[span] > 0 {
            let place = span * instances.count + stage
            blocks[place] = targets[blocks[place]] ?? blocks[place]
        }
    }
}

// MARK: - Prefixes

extension SpanPool {
    /// Makes a full, computed span findable and returns the prefix that ends with it. When an
    /// equal prefix is findable already, that one's name is returned and this span stays unnamed.
    package mutating func register(
        _ span: SpanID, after parent: PrefixID, tokens: ArraySlice<TokenID>
    ) -> PrefixID {
        precondition(tokens.count == blockSize && references[span.index] > 0)
        guard isCaching else { return .empty }
        let digest = PrefixDigest(after: parent, tokens: tokens)
        if let known = index.update(digest, to: span) {
            if let prefix = prefix(of: known, ifHolding: tokens, after: parent) {
                _ = index.update(digest, to: known)
                return prefix
            }
            prefixes[known.index] = nil
        }
        prefixesGiven += 1
        let prefix = PrefixID(rawValue: prefixesGiven)
        let start = span.index * blockSize
        self.tokens.replaceSubrange(start..<(start + blockSize), with: tokens)
        parents[span.index] = parent
        prefixes[span.index] = prefix
        return prefix
    }

    /// The span that holds `tokens` right after `parent`, and the prefix that ends with it.
    package func find(
        _ tokens: ArraySlice<TokenID>, after parent: PrefixID
    ) -> (span: SpanID, prefix: PrefixID)? {
        guard isCaching, let span = index[PrefixDigest(after: parent, tokens: tokens)],
            let prefix = prefix(of: span, ifHolding: tokens, after: parent)
        else { return nil }
        return (span, prefix)
    }

    private func prefix(
        of span: SpanID, ifHolding tokens: ArraySlice<TokenID>, after parent: PrefixID
    ) -> PrefixID? {
        guard parents[span.index] == parent, tokensHeld(by: span) == tokens else { return nil }
        return prefixes[span.index]
    }

    private mutating func forgetPrefix(of span: SpanID) {
        guard prefixes[span.index] != nil else { return }
        index.remove(PrefixDigest(after: parents[span.index], tokens: tokensHeld(by: span)))
        prefixes[span.index] = nil
    }

    private func tokensHeld(by span: SpanID) -> ArraySlice<TokenID> {
        tokens[span.index * blockSize..<(span.index + 1) * blockSize]
    }
}

// MARK: - Books

extension SpanPool {
    /// Marks the blocks of an instance that used spans lie on. Complexity: O(spans).
    package func markUsedBlocks(of instance: InstanceID, in isUsed: inout [Bool]) {
        guard let stage = instances.firstIndex(of: instance) else { return }
        for index in references.indices where references[index] > 0 {
            isUsed[block(SpanID(index: index), stage: stage).index] = true
        }
    }

    /// Adds the blocks under used and cached spans to the counts by instance and block.
    /// Complexity: O(spans).
    package func countBlocks(into uses: inout [[Int32]]) {
        let isCached = Set(cached.spans())
        for index in references.indices {
            let span = SpanID(index: index)
            guard references[index] > 0 || isCached.contains(span) else { continue }
            for (stage, instance) in instances.enumerated() {
                uses[instance.index][block(span, stage: stage).index] += 1
            }
        }
    }

    /// Traps unless the books balance: every span is used, cached or blank, and the index names
    /// exactly the findable spans. Complexity: O(spans).
    package func checkInvariants() {
        let free = cached.spans() + blank
        precondition(Set(free).count == free.count, "a span is filed twice")
        for span in free { precondition(references[span.index] == 0, "span \(span) is misfiled") }
        precondition(usedCount + free.count == references.count)
        precondition(usedCount == references.count { $0 > 0 })
        let findable = prefixes.count { $0 != nil }
        precondition(findable == index.count, "\(findable) findable, \(index.count) indexed")
        for (digest, span) in index.entries {
            let expected = PrefixDigest(
                after: parents[span.index], tokens: tokensHeld(by: span))
            precondition(digest == expected && prefixes[span.index] != nil)
        }
    }
}
