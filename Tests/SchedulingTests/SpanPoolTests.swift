import Domain
import TestSupport
import Testing

@testable import Scheduling

struct SpanPoolTests {
    private func tokens(_ values: [UInt32]) -> ArraySlice<TokenID> {
        values.map { TokenID($0) }[...]
    }

    /// A pool over stores of its own.
    private struct Pool {
        var pool: SpanPool
        var stores: [BlockStore]

        init(blocks: [BlockCount], blockSize: TokenCount, isCaching: Bool) {
            stores = blocks.map { BlockStore(baseCount: $0) }
            pool = SpanPool(
                instances: blocks.indices.map { InstanceID(index: $0) }, blockSize: blockSize,
                isCaching: isCaching)
        }

        var freeCount: BlockCount { pool.freeCount(stores) }
        mutating func allocate() -> SpanID? { pool.allocate(&stores) }
        mutating func release(_ span: SpanID) { pool.release(span, &stores) }

        func checkInvariants() {
            pool.checkInvariants()
            var uses = stores.map { Array(repeating: Int32(0), count: $0.capacity) }
            pool.countBlocks(into: &uses)
            for (store, uses) in zip(stores, uses) { store.checkInvariants(uses: uses) }
        }
    }

    private func allocate(from pool: inout Pool) throws -> SpanID {
        let span = pool.allocate()
        return try #require(span)
    }

    @Test func blocksRunOutAndComeBack() {
        var pool = Pool(blocks: [2], blockSize: 4, isCaching: true)
        let blocks = [pool.allocate(), pool.allocate(), pool.allocate()]
        #expect(blocks == [SpanID(0), SpanID(1), nil])
        pool.release(SpanID(0))
        #expect(pool.freeCount == 1 && pool.pool.usedCount == 1)
        let again = pool.allocate()
        #expect(again == SpanID(0))
        pool.checkInvariants()
    }

    @Test func aReleasedPrefixIsFoundUntilItsBlockIsReused() throws {
        var pool = Pool(blocks: [2], blockSize: 2, isCaching: true)
        let block = try allocate(from: &pool)
        let prefix = pool.pool.register(block, after: .empty, tokens: tokens([7, 8]))
        pool.release(block)
        #expect(pool.pool.find(tokens([7, 8]), after: .empty)?.span == block)
        #expect(pool.pool.find(tokens([7, 9]), after: .empty) == nil)
        #expect(pool.pool.find(tokens([7, 8]), after: prefix) == nil)
        // A free block is taken before the cached one.
        let blank = try allocate(from: &pool)
        #expect(blank != block)
        #expect(pool.pool.find(tokens([7, 8]), after: .empty) != nil)
        let reused = try allocate(from: &pool)
        #expect(reused == block)
        #expect(pool.pool.find(tokens([7, 8]), after: .empty) == nil)
        pool.checkInvariants()
    }

    @Test func equalPrefixesHaveOneName() throws {
        var pool = Pool(blocks: [3], blockSize: 1, isCaching: true)
        let a = try allocate(from: &pool)
        let b = try allocate(from: &pool)
        let first = pool.pool.register(a, after: .empty, tokens: tokens([5]))
        let second = pool.pool.register(b, after: .empty, tokens: tokens([5]))
        #expect(second == first)
        #expect(pool.pool.find(tokens([5]), after: .empty)?.span == a)
        pool.checkInvariants()
    }

    @Test func withoutCachingNothingIsFindable() throws {
        var pool = Pool(blocks: [1], blockSize: 1, isCaching: false)
        let block = try allocate(from: &pool)
        _ = pool.pool.register(block, after: .empty, tokens: tokens([5]))
        #expect(pool.pool.find(tokens([5]), after: .empty) == nil)
        pool.checkInvariants()
    }

    /// Random use against a plain model: a multiset of holders, and what each block was last
    /// filled with.
    @Test(arguments: 0..<20) func randomUseKeepsTheBooks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pool = Pool(blocks: [12], blockSize: 2, isCaching: true)
        var held: [SpanID] = []
        var contents: [SpanID: ArraySlice<TokenID>] = [:]
        for _ in 0..<400 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let expected = pool.freeCount
                let block = pool.allocate()
                #expect((block == nil) == (expected == 0))
                if let block {
                    held.append(block)
                    contents[block] = nil
                }
            case 1 where !held.isEmpty:
                pool.release(held.remove(at: Int.random(in: held.indices, using: &random)))
            case 2 where !held.isEmpty:
                let block = held[Int.random(in: held.indices, using: &random)]
                guard contents[block] == nil else { continue }
                let text = tokens([.random(in: 0..<3, using: &random), 1])
                _ = pool.pool.register(block, after: .empty, tokens: text)
                contents[block] = text
            default:
                let text = tokens([.random(in: 0..<3, using: &random), 1])
                if let found = pool.pool.find(text, after: .empty) {
                    #expect(contents[found.span] == text)
                    pool.pool.retain(found.span)
                    held.append(found.span)
                }
            }
            #expect(pool.pool.usedCount == Set(held).count)
            pool.checkInvariants()
        }
    }
}
