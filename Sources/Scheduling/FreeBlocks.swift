internal import Domain

/// The free blocks of one instance, by the pages they lie on.
///
/// Blocks next to each other share their pages in every layer: they are a *column*. Memory can
/// only change hands in whole columns, so a sequence's next block comes from the column of its
/// last one, or else from the emptiest column there is: then few columns hold several sequences,
/// and as sequences leave in an exchange, columns become empty with them, not only at its end.
/// Blocks beyond `baseCount` come and go with a drop, so those below it come first.
///
/// Every operation on one block is O(1), or O(blocks of a column) where it looks for the emptiest.
struct FreeBlocks: Sendable {
    let columnSize: Int
    let baseCount: BlockCount
    private(set) var count: BlockCount = 0
    /// By column: a bit for each free block.
    private var masks: [UInt64] = []
    /// Lists of the columns with n free blocks each: those of the base, then the others.
    private var heads: [Int32]
    private var next: [Int32] = []
    private var previous: [Int32] = []

    /// - Parameters:
    ///   - columnSize: Blocks of a column; those beyond 64 count as columns of their own.
    ///   - baseCount: Blocks below it are handed out first.
    init(columnSize: Int, baseCount: BlockCount) {
        self.columnSize = max(1, min(columnSize, UInt64.bitWidth))
        self.baseCount = baseCount
        heads = Array(repeating: -1, count: 2 * (self.columnSize + 1))
    }

    func contains(_ block: BlockID) -> Bool {
        let column = block.index / columnSize
        return column < masks.count && masks[column] & bit(of: block) != 0
    }

    mutating func insert(_ block: BlockID) {
        let column = block.index / columnSize
        addColumns(upTo: column)
        unlink(column)
        masks[column] |= bit(of: block)
        link(column)
        count += 1
    }

    /// The same with the last one first, and a whole column at once.
    mutating func insert(_ blocks: Range<Int>) {
        guard let last = blocks.last else { return }
        let columns = blocks.lowerBound / columnSize...last / columnSize
        addColumns(upTo: columns.upperBound)
        for column in columns.reversed() {
            unlink(column)
            for index in blocks.clamped(to: column * columnSize..<(column + 1) * columnSize) {
                masks[column] |= bit(of: BlockID(index: index))
            }
            link(column)
        }
        count += blocks.count
    }

    private mutating func addColumns(upTo column: Int) {
        while masks.count <= column {
            masks.append(0)
            next.append(-1)
            previous.append(-1)
        }
    }

    /// Takes a block out: of the same column as `neighbor` if that has one.
    mutating func take(near neighbor: BlockID?) -> BlockID? {
        guard let column = column(near: neighbor) else { return nil }
        let block = BlockID(index: column * columnSize + masks[column].trailingZeroBitCount)
        unlink(column)
        masks[column] &= ~bit(of: block)
        link(column)
        count -= 1
        return block
    }

    private func column(near neighbor: BlockID?) -> Int? {
        if let column = neighbor.map({ $0.index / columnSize }), column < masks.count,
            masks[column] != 0
        {
            return column
        }
        return emptiest(from: 0) ?? emptiest(from: columnSize + 1)
    }

    private func emptiest(from area: Int) -> Int? {
        var free = columnSize
        while free > 0, heads[area + free] < 0 { free -= 1 }
        return free > 0 ? Int(heads[area + free]) : nil
    }

    private func bit(of block: BlockID) -> UInt64 { 1 << UInt64(block.index % columnSize) }

    private func list(of column: Int) -> Int {
        let area = column * columnSize < baseCount ? 0 : columnSize + 1
        return area + masks[column].nonzeroBitCount
    }

    private mutating func link(_ column: Int) {
        let list = list(of: column)
        let head = heads[list]
        next[column] = head
        previous[column] = -1
        if head >= 0 { previous[Int(head)] = Int32(column) }
        heads[list] = Int32(column)
    }

    private mutating func unlink(_ column: Int) {
        let (before, after) = (previous[column], next[column])
        if after >= 0 { previous[Int(after)] = before }
        if before >= 0 {
            next[Int(before)] = after
        } else {
            let list = list(of: column)
            if heads[list] == column { heads[list] = after }
        }
    }
}
