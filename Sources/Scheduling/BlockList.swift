internal import Domain

/// A doubly linked list over block ids, kept in two arrays: O(1) insertion at either end and
/// removal from the middle, no allocation after `init`.
struct BlockList {
    /// By block, with one extra entry for the list's own ends: the neighbours. A block that is not
    /// in the list points at itself.
    private var next: [Int32]
    private var previous: [Int32]
    private(set) var count = 0

    init(capacity: Int) {
        next = (0...Int32(capacity)).map { $0 }
        previous = next
    }

    /// Where the list begins and ends.
    private var ends: Int { next.count - 1 }

    mutating func append(_ block: BlockID) {
        insert(block.index, after: Int(previous[ends]))
    }

    mutating func prepend(_ block: BlockID) {
        insert(block.index, after: ends)
    }

    mutating func popFirst() -> BlockID? {
        guard count > 0 else { return nil }
        let first = BlockID(index: Int(next[ends]))
        remove(first)
        return first
    }

    mutating func remove(_ block: BlockID) {
        let (before, after) = (previous[block.index], next[block.index])
        precondition(Int(after) != block.index, "block \(block) is not in the list")
        next[Int(before)] = after
        previous[Int(after)] = before
        next[block.index] = Int32(block.index)
        previous[block.index] = Int32(block.index)
        count -= 1
    }

    private mutating func insert(_ block: Int, after before: Int) {
        precondition(Int(next[block]) == block, "block \(block) is in the list already")
        let after = next[before]
        next[before] = Int32(block)
        previous[block] = Int32(before)
        next[block] = after
        previous[Int(after)] = Int32(block)
        count += 1
    }

    /// The blocks in order. Complexity: O(count).
    func blocks() -> [BlockID] {
        var result: [BlockID] = []
        var block = Int(next[ends])
        while block != ends {
            result.append(BlockID(index: block))
            block = Int(next[block])
        }
        return result
    }
}
