import Domain
import TestSupport
import Testing

@testable import Cluster

/// Pages before and after: the arithmetic that the planner predicts and executors carry out.
struct InstanceMemoryTests {
    /// Four layers of 5 pages, 10 KV pages each; three blocks take four pages.
    private static func shape(sharesEmbedding: Bool = false) -> InstanceMemoryShape {
        InstanceMemoryShape(
            pageSize: ByteCount(48), blockBytes: ByteCount(64), embeddingPages: 3,
            layerPages: [5, 5, 5, 5], headPages: 2, kvPagesPerLayer: 10, sparePages: 1,
            workspacePages: 4, sharesEmbedding: sharesEmbedding)
    }

    private static let firstHalf = StageRange(layers: 0..<2, hasEmbedding: true, hasHead: false)
    private static let lastHalf = StageRange(layers: 2..<4, hasEmbedding: false, hasHead: true)

    @Test func aDropTurnsWeightsIntoBlocksOfTheLayersKept() {
        var memory = InstanceMemory(shape: Self.shape())
        #expect(memory.blockCount == 7)
        let change = memory.drop(
            to: Self.firstHalf, isUsed: Array(repeating: true, count: memory.blockCount))
        memory.checkInvariants()
        // 10 pages of layers, 2 of the head, 1 spare, and the end of the last column of each of
        // the layers given up, which holds no whole block.
        #expect(change.dropped == [.layer(2), .layer(3), .head])
        #expect(change.grown == [.init(layers: 0..<2, pages: 6)])
        #expect(memory.pagesPerLayer == 16 && memory.sparePages == 1)
        #expect(memory.blockCount == 12)
        #expect(memory.retiring?.columns == Array(0..<10))
    }

    @Test func unusedColumnsFollowAtOnceAndUsedOnesLater() throws {
        var memory = InstanceMemory(shape: Self.shape())
        var isUsed = Array(repeating: false, count: 7)
        isUsed[3] = true
        let change = memory.drop(to: Self.lastHalf, isUsed: isUsed)
        memory.checkInvariants()
        // Block 3 lies at bytes 192 to 256: columns 4 and 5.
        #expect(change.vacated == [.init(layers: 0..<2, columns: [0..<4, 6..<10])])
        #expect(memory.retiring?.columns == [4, 5])
        let still = memory.reclaim(isUsed: isUsed, least: 1)
        #expect(still == nil)
        isUsed[3] = false
        let reclaim = memory.reclaim(isUsed: isUsed, least: 100)
        let rest = try #require(reclaim)
        #expect(rest.vacated == [.init(layers: 0..<2, columns: [4..<6])])
        #expect(memory.retiring == nil)
        memory.checkInvariants()
    }

    @Test func whoKeepsASharedHeadKeepsTheEmbedding() {
        var memory = InstanceMemory(shape: Self.shape(sharesEmbedding: true))
        let change = memory.drop(to: Self.lastHalf, isUsed: [])
        #expect(change.dropped == [.layer(0), .layer(1)])
        memory.checkInvariants()
        _ = memory.restore(moves: [])
        #expect(memory.unloaded == [.layer(0), .layer(1)])
    }

    @Test func aRestoreIsTheInverseOfDropAndReclaim() {
        let shape = Self.shape()
        var memory = InstanceMemory(shape: shape)
        _ = memory.drop(to: Self.lastHalf, isUsed: [])
        let pages = memory.pagesPerLayer
        let change = memory.restore(moves: [])
        memory.checkInvariants()
        #expect(change.mapped == [.embedding, .layer(0), .layer(1)])
        #expect(change.vacated == [.init(layers: 2..<4, columns: [10..<pages])])
        #expect(change.grown == [.init(layers: 0..<2, pages: 10)])
        #expect(!memory.isWhole)
        memory.finishLoading()
        #expect(memory == InstanceMemory(shape: shape))
    }

    /// A restore whose parameters could not be had, and that could not be taken back either, is
    /// tried again without asking for the same pages twice.
    @Test func unloadedUnitsAreLoadedByTheNextRestore() {
        var memory = InstanceMemory(shape: Self.shape())
        _ = memory.drop(to: Self.firstHalf, isUsed: [])
        _ = memory.restore(moves: [])
        let again = memory.restore(moves: [])
        #expect(again == MemoryChange())
        #expect(memory.unloaded == [.layer(2), .layer(3), .head])
    }

    @Test(arguments: 0..<50) func pagesNeverGetLost(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let layers = Int.random(in: 2...9, using: &random)
        let shape = InstanceMemoryShape(
            pageSize: ByteCount(.random(in: 16...64, using: &random)),
            blockBytes: ByteCount(.random(in: 8...128, using: &random)),
            embeddingPages: .random(in: 0...4, using: &random),
            layerPages: (0..<layers).map { _ in .random(in: 1...9, using: &random) },
            headPages: .random(in: 1...4, using: &random),
            kvPagesPerLayer: .random(in: 8...40, using: &random),
            sparePages: .random(in: 0...5, using: &random), workspacePages: 2,
            sharesEmbedding: .random(using: &random))
        var memory = InstanceMemory(shape: shape)
        var range = memory.held
        for _ in 0..<3 {
            let first = Int.random(in: range.layers, using: &random)
            let end = Int.random(in: first + 1...range.layers.upperBound, using: &random)
            range = StageRange(
                layers: first..<end, hasEmbedding: range.hasEmbedding && first == 0,
                hasHead: range.hasHead && end == layers)
            let used = (0..<memory.blockCount).map { _ in Bool.random(using: &random) }
            _ = memory.drop(to: range, isUsed: used)
            memory.checkInvariants()
            while memory.retiring != nil {
                let some = used.map { $0 && .random(using: &random) }
                _ = memory.reclaim(isUsed: some, least: 1)
                memory.checkInvariants()
            }
        }
        _ = memory.restore(moves: [])
        memory.checkInvariants()
        memory.finishLoading()
        #expect(memory == InstanceMemory(shape: shape))
    }
}
