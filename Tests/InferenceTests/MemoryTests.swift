import Domain
import TestSupport
import Testing

@testable import Inference

/// Device memory: pages, ranges, what they hold, and that failures change nothing.
struct MemoryTests {
    let page = ByteCount.kibibytes(64)

    func pool(pages: Int, mapping: PagePool.Mapping = .init()) throws -> PagePool {
        try PagePool(budget: page * pages, pageSize: page, mapping: mapping)
    }

    func write(_ range: AddressRange, page index: Int, _ value: UInt8) {
        let start = range.base + index * page.bytes
        start.storeBytes(of: value, as: UInt8.self)
        (start + page.bytes - 1).storeBytes(of: value, as: UInt8.self)
    }

    func read(_ range: AddressRange, page index: Int) -> [UInt8] {
        let start = range.base + index * page.bytes
        return [
            start.load(as: UInt8.self), (start + page.bytes - 1).load(as: UInt8.self),
        ]
    }

    /// Random maps and unmaps against a model: every mapped page keeps what was written to it.
    @Test(arguments: 0..<6)
    func mappedPagesKeepTheirBytes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pool = try pool(pages: 24)
        let ranges = try (0..<4).map { _ in try pool.reserve(page * 24) }
        var model = ranges.map { _ in [UInt8?](repeating: nil, count: 24) }
        var next: UInt8 = 0
        for _ in 0..<200 {
            let index = Int.random(in: 0..<4, using: &random)
            let first = Int.random(in: 0..<24, using: &random)
            let mapped = model[index][first] != nil
            let end = model[index][first...].firstIndex { ($0 != nil) != mapped } ?? 24
            let places = first..<Int.random(in: first + 1...end, using: &random)
            if mapped {
                try pool.unmap(ranges[index], pages: places)
                for place in places { model[index][place] = nil }
            } else if places.count <= pool.freePageCount {
                try pool.map(ranges[index], pages: places)
                for place in places {
                    next &+= 1
                    write(ranges[index], page: place, next)
                    model[index][place] = next
                }
            } else {
                #expect(throws: DeviceMemoryError.self) {
                    try pool.map(ranges[index], pages: places)
                }
            }
            pool.checkInvariants()
        }
        for (range, values) in zip(ranges, model) {
            #expect(range.mappedCount == values.count { $0 != nil })
            for (place, value) in values.enumerated() {
                if let value { #expect(read(range, page: place) == [value, value]) }
            }
            pool.release(range)
        }
        #expect(pool.freePageCount == 24)
        pool.checkInvariants()
    }

    @Test func aFullBudgetIsOneClearError() throws {
        let pool = try pool(pages: 4)
        let range = try pool.reserve(page * 16)
        try pool.map(range, pages: 2..<5)
        let error = #expect(throws: DeviceMemoryError.self) {
            try pool.map(range, pages: 8..<10)
        }
        #expect(error == .outOfPages(needed: 2, free: 1, pageSize: page))
        #expect(error?.description == "device memory: 128 KiB needed, 64 KiB free of the budget")
    }

    @Test func aFailedMappingChangesNothing() throws {
        var mapping = PagePool.Mapping()
        var callsLeft = Int.max
        mapping.map = { (file, offset, address, size) throws(Platform.Failure) in
            callsLeft -= 1
            guard callsLeft >= 0 else { throw Platform.Failure("mmap") }
            try Platform.map(file, offset: offset, at: address, size: size)
        }
        let pool = try pool(pages: 8, mapping: mapping)
        let range = try pool.reserve(page * 8)
        let other = try pool.reserve(page * 8)
        // Leaves every second page free, so that the next mapping takes several calls.
        try pool.map(range, pages: 0..<8)
        for place in [0, 2, 4, 6] { try pool.unmap(range, pages: place..<place + 1) }
        for calls in 0..<4 {
            callsLeft = calls
            #expect(throws: DeviceMemoryError.self) { try pool.map(other, pages: 0..<4) }
            #expect(pool.freePageCount == 4 && other.mappedCount == 0)
            pool.checkInvariants()
        }
        callsLeft = 4
        try pool.map(other, pages: 0..<4)
        for place in 0..<4 { write(other, page: place, 7) }
    }

    @Test func pageSizesFollowTheBudget() {
        #expect(PagePool.defaultPageSize(budget: .gibibytes(1)) == .mebibytes(2))
        #expect(PagePool.defaultPageSize(budget: .mebibytes(1023)) == .kibibytes(64))
    }

    @Test func kvGrowsAndShrinksInPlace() throws {
        let pool = try pool(pages: 12)
        let kv = try KVCache(
            layers: 3..<6, blockBytes: ByteCount(page.bytes * 2 / 3), limit: 100, memory: pool)
        #expect(kv.blockCount == 0)
        try kv.grow(pages: 2)
        #expect(kv.blockCount == 3 && pool.freePageCount == 6)
        let base = kv.base(layer: 4)
        base.storeBytes(of: 42, as: UInt8.self)
        try kv.grow(pages: 2)
        #expect(kv.blockCount == 6 && pool.freePageCount == 0)
        #expect(throws: DeviceMemoryError.self) { try kv.grow(pages: 1) }
        #expect(kv.pagesPerLayer == 4)
        try kv.shrink(pages: 3)
        #expect(kv.blockCount == 1 && pool.freePageCount == 9)
        #expect(kv.base(layer: 4) == base && base.load(as: UInt8.self) == 42)
        // Too few for all layers: those that got theirs give them back.
        #expect(throws: DeviceMemoryError.self) { try kv.grow(pages: 4) }
        #expect(pool.freePageCount == 9 && kv.pagesPerLayer == 1)
        pool.checkInvariants()
    }
}
