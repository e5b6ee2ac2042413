import Domain
import TestSupport
import Testing

@testable import Scheduling

struct FreeBlocksTests {
    private func full(_ count: Int, columns: Int, base: Int) -> FreeBlocks {
        var free = FreeBlocks(columnSize: columns, baseCount: base)
        for index in (0..<count).reversed() { free.insert(BlockID(index: index)) }
        return free
    }

    /// Blocks that come at once are handed out as if they had come one by one, the last one first.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func takesRangesAsSingleBlocks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let columns = Int.random(in: 1...9, using: &random)
        let base = Int.random(in: 0...60, using: &random) / columns * columns
        var single = FreeBlocks(columnSize: columns, baseCount: base)
        var ranges = single
        let bounds = [0, Int.random(in: 0...50, using: &random), base, 100].sorted()
        for (first, end) in zip(bounds, bounds.dropFirst()) {
            ranges.insert(first..<end)
            for index in (first..<end).reversed() { single.insert(BlockID(index: index)) }
            #expect(ranges.count == single.count)
            #expect(ranges.take(near: nil) == single.take(near: nil))
        }
        while let block = single.take(near: nil) { #expect(ranges.take(near: nil) == block) }
        #expect(ranges.take(near: nil) == nil)
    }

    /// Against a set: what is inserted can be taken once, from where it belongs.
    @Test(arguments: 0..<40)
    func takesEachBlockOnceAndFromTheRightColumn(seed: Int) {
        var random = SplitMix64(seed: seed)
        let size = Int.random(in: 1...70, using: &random)
        let column = min(size, 64)
        let base = Int.random(in: 0...200, using: &random) / column * column
        var free = full(200, columns: size, base: base)
        var model = Set(0..<200)
        var taken: [Int] = []
        for _ in 0..<2000 {
            if Bool.random(using: &random), !taken.isEmpty {
                let block = taken.remove(at: .random(in: taken.indices, using: &random))
                free.insert(BlockID(index: block))
                model.insert(block)
            } else {
                let near = Bool.random(using: &random) ? taken.last : nil
                let place = near.map { $0 / column }
                let block = free.take(near: near.map { BlockID(index: $0) })?.index
                #expect((block == nil) == model.isEmpty)
                guard let block else { continue }
                #expect(model.remove(block) != nil)
                taken.append(block)
                let hasNear = place.map { p in model.contains { $0 / column == p } } ?? false
                if hasNear { #expect(block / column == place) }
                if near == nil, block >= base { #expect(!model.contains { $0 < base }) }
            }
            #expect(free.count == model.count)
        }
        for block in 0..<200 {
            #expect(free.contains(BlockID(index: block)) == model.contains(block))
        }
    }

    /// Sequences that grow side by side do not share columns while there are empty ones.
    @Test func sequencesKeepToTheirColumns() {
        var free = full(64, columns: 8, base: 64)
        var last: [BlockID?] = [nil, nil, nil]
        var columns: [Set<Int>] = [[], [], []]
        for _ in 0..<16 {
            for sequence in 0..<3 {
                last[sequence] = free.take(near: last[sequence])
                columns[sequence].insert((last[sequence]?.index ?? 0) / 8)
            }
        }
        #expect(columns.allSatisfy { $0.count == 2 })
        #expect(columns[0].union(columns[1]).union(columns[2]).count == 6)
    }
}
