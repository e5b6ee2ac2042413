import Domain
import TestSupport
import Testing

@testable import Scheduling

struct BlockPoolTests {
    private func tokens(_ values: [UInt32]) -> ArraySlice<TokenID> {
        values.map { TokenID($0) }[...]
    }

    private func allocate(from pool: inout BlockPool) throws -> BlockID {
        let block = pool.allocate()
        return try #require(block)
    }

    @Test func blocksRunOutAndComeBack() {
        var pool = BlockPool(blockCount: 2, blockSize: 4, isCaching: true)
        let blocks = [pool.allocate(), pool.allocate(), pool.allocate()]
        #expect(blocks == [BlockID(0), BlockID(1), nil])
        pool.release(BlockID(0))
        #expect(pool.freeCount == 1 && pool.usedCount == 1)
        let again = pool.allocate()
        #expect(again == BlockID(0))
        pool.checkInvariants()
    }

    @Test func aReleasedPrefixIsFoundUntilItsBlockIsReused() throws {
        var pool = BlockPool(blockCount: 2, blockSize: 2, isCaching: true)
        let block = try allocate(from: &pool)
        let prefix = pool.register(block, after: .empty, tokens: tokens([7, 8]))
        pool.release(block)
        #expect(pool.find(tokens([7, 8]), after: .empty)?.block == block)
        #expect(pool.find(tokens([7, 9]), after: .empty) == nil)
        #expect(pool.find(tokens([7, 8]), after: prefix) == nil)
        // The blank block is reused before the cached one.
        let blank = try allocate(from: &pool)
        #expect(blank != block)
        #expect(pool.find(tokens([7, 8]), after: .empty) != nil)
        let reused = try allocate(from: &pool)
        #expect(reused == block)
        #expect(pool.find(tokens([7, 8]), after: .empty) == nil)
        pool.checkInvariants()
    }

    @Test func equalPrefixesHaveOneName() throws {
        var pool = BlockPool(blockCount: 3, blockSize: 1, isCaching: true)
        let a = try allocate(from: &pool)
        let b = try allocate(from: &pool)
        let first = pool.register(a, after: .empty, tokens: tokens([5]))
        let second = pool.register(b, after: .empty, tokens: tokens([5]))
        #expect(second == first)
        #expect(pool.find(tokens([5]), after: .empty)?.block == a)
        pool.checkInvariants()
    }

    @Test func withoutCachingNothingIsFindable() throws {
        var pool = BlockPool(blockCount: 1, blockSize: 1, isCaching: false)
        let block = try allocate(from: &pool)
        _ = pool.register(block, after: .empty, tokens: tokens([5]))
        #expect(pool.find(tokens([5]), after: .empty) == nil)
        pool.checkInvariants()
    }

    /// Random use against a plain model: a multiset of holders, and what each block was last
    /// filled with.
    @Test(arguments: 0..<20) func randomUseKeepsTheBooks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pool = BlockPool(blockCount: 12, blockSize: 2, isCaching: true)
        var held: [BlockID] = []
        var contents: [BlockID: ArraySlice<TokenID>] = [:]
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
                _ = pool.register(block, after: .empty, tokens: text)
                contents[block] = text
            default:
                let text = tokens([.random(in: 0..<3, using: &random), 1])
                if let found = pool.find(text, after: .empty) {
                    #expect(contents[found.block] == text)
                    pool.retain(found.block)
                    held.append(found.block)
                }
            }
            #expect(pool.usedCount == Set(held).count)
            pool.checkInvariants()
        }
    }
}
