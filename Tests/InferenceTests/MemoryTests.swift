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

    func span(_ range: AddressRange, _ places: Range<Int>) -> PageSpan {
        PageSpan(range: range, places: places)
    }

    /// Random changes, taken back, settled and failing, against a model: every page keeps what was
    /// written to it while it belongs to a place, and the system shows what the books say.
    @Test(arguments: 0..<8)
    func pagesKeepTheirBytes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let faults = MappingFaults()
        let pool = try pool(pages: 24, mapping: faults.mapping)
        var model = PageModel(ranges: try (0..<4).map { _ in try pool.reserve(page * 24) })
        for _ in 0..<120 {
            let (change, after) = model.randomChange(&random)
            faults.reset()
            if Bool.random(using: &random) {
                faults.mapsLeft = Int.random(in: 0..<6, using: &random)
            }
            if (try? pool.apply(change)) != nil {
                if Int.random(in: 0..<3, using: &random) == 0 {
                    pool.undo()
                } else {
                    model = after
                    for span in change.taking {
                        for place in span.places {
                            let value = try #require(model.value(at: place, of: span.range))
                            write(span.range, page: place, value)
                        }
                    }
                }
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                _ = pool.settle(pages: Int.random(in: 1...8, using: &random))
            }
            try pool.expectBooksMatchSystem()
            for (range, values) in zip(model.ranges, model.values) {
                #expect(range.mappedCount == values.count { $0 != nil })
                for (place, value) in values.enumerated() {
                    if let value { #expect(read(range, page: place) == [value, value]) }
                }
            }
        }
        for range in model.ranges { pool.release(range) }
        #expect(pool.freePageCount == 24 && pool.stalePageCount == 0)
        try pool.expectBooksMatchSystem()
    }

    @Test func aFullBudgetIsOneClearError() throws {
        let pool = try pool(pages: 4)
        let range = try pool.reserve(page * 16)
        try pool.apply(PageChange(taking: [span(range, 2..<5)]))
        let error = #expect(throws: DeviceMemoryError.self) {
            try pool.apply(PageChange(taking: [span(range, 8..<10)]))
        }
        #expect(error == .outOfPages(needed: 2, free: 1, pageSize: page))
        #expect(error?.description == "device memory: 128 KiB needed, 64 KiB free of the budget")
    }

    @Test func aFailedMappingChangesNothing() throws {
        let faults = MappingFaults()
        let pool = try pool(pages: 8, mapping: faults.mapping)
        let range = try pool.reserve(page * 8)
        let other = try pool.reserve(page * 8)
        // Leaves every second page free, so that the next mapping takes several calls.
        try pool.apply(PageChange(taking: [span(range, 0..<8)]))
        try pool.apply(PageChange(giving: [0, 2, 4, 6].map { span(range, $0..<$0 + 1) }))
        for calls in 0..<4 {
            faults.mapsLeft = calls
            #expect(throws: DeviceMemoryError.self) {
                try pool.apply(PageChange(taking: [span(other, 0..<4)]))
            }
            #expect(pool.freePageCount == 4 && other.mappedCount == 0)
            try pool.expectBooksMatchSystem()
        }
        faults.mapsLeft = 4
        try pool.apply(PageChange(taking: [span(other, 0..<4)]))
        for place in 0..<4 { write(other, page: place, 7) }
    }

    /// Where the system refuses even to tear down, old mappings wait for the next time.
    @Test func tearingDownMayFail() throws {
        let faults = MappingFaults()
        let pool = try pool(pages: 8, mapping: faults.mapping)
        let range = try pool.allocate(page * 8)
        let other = try pool.reserve(page * 8)
        let change = PageChange(giving: [span(range, 0..<3)], taking: [span(other, 0..<3)])
        try pool.apply(change)
        faults.unmapsLeft = 0
        pool.undo()
        #expect(range.mappedCount == 8 && other.mappedCount == 0 && pool.stalePageCount == 3)
        try pool.expectBooksMatchSystem()
        #expect(pool.settle(pages: 8) && pool.stalePageCount == 3)
        faults.reset()
        #expect(!pool.settle(pages: 2) && pool.stalePageCount == 1)
        #expect(pool.settle(pages: 2))
        try pool.apply(change)
        try pool.expectBooksMatchSystem()
    }

    /// What has been settled has no way back.
    @Test func aSettledChangeStays() async {
        await #expect(processExitsWith: .failure) {
            let pool = try PagePool(budget: .mebibytes(1), pageSize: nil)
            let range = try pool.allocate(.kibibytes(128))
            try pool.apply(PageChange(giving: [range.whole]))
            guard !pool.settle(pages: 1) else { return }
            pool.undo()
        }
    }

    /// A long run of pages becomes a few long tails with a call for each.
    @Test func neighboursAreMappedTogether() throws {
        let faults = MappingFaults()
        let pool = try pool(pages: 64, mapping: faults.mapping)
        let weights = try (0..<4).map { _ in try pool.allocate(page * 8) }
        let tails = try (0..<4).map { _ in try pool.allocate(page * 8) }
        #expect(faults.maps == 8 && pool.freePageCount == 0)
        faults.reset()
        for range in tails { pool.release(range) }
        let kv = try (0..<4).map { _ in try pool.reserve(page * 64) }
        try pool.apply(
            PageChange(
                giving: weights.map(\.whole), taking: kv.map { span($0, 0..<16) }))
        #expect(faults.maps == 4)
        try pool.expectBooksMatchSystem()
    }

    @Test func requestsGetTheShortestRunThatFits() {
        var available = Array(repeating: false, count: 40)
        for page in Array(0..<10) + Array(12..<15) + Array(20..<26) { available[page] = true }
        var runs = PageRuns(of: available)
        #expect(runs.take(3) == 12..<15)
        #expect(runs.take(5) == 20..<25)
        #expect(runs.take(20) == 0..<10)
        #expect(runs.take(20) == 25..<26)
    }

    @Test func pageSizesFollowTheBudget() {
        #expect(PagePool.defaultPageSize(budget: .gibibytes(1)) == .mebibytes(2))
        #expect(PagePool.defaultPageSize(budget: .mebibytes(1023)) == .kibibytes(64))
    }

    /// Huge pages are a wish: whether it is granted or not, the bytes are there.
    @Test func hugePagesAreWritable() throws {
        let size = ByteCount.mebibytes(2)
        let pool = try PagePool(budget: size * 6, pageSize: size)
        let range = try pool.allocate(size * 3)
        pool.commit(range.whole)
        for place in 0..<3 {
            let start = range.base + place * size.bytes
            #expect(Int(bitPattern: start).isMultiple(of: size.bytes))
            start.storeBytes(of: UInt8(place + 1), as: UInt8.self)
        }
        let other = try pool.reserve(size * 6)
        try pool.apply(PageChange(giving: [range.whole], taking: [span(other, 0..<6)]))
        let values = (0..<6).map { (other.base + $0 * size.bytes).load(as: UInt8.self) }
        #expect(values.sorted() == [0, 0, 0, 1, 2, 3])
        pool.undo()
        #expect((0..<3).map { (range.base + $0 * size.bytes).load(as: UInt8.self) } == [1, 2, 3])
        #expect(pool.allocatedBytes <= pool.budget.bytes)
    }
}

/// What lies at each of 24 places of some ranges; nothing is `nil`.
private struct PageModel {
    let ranges: [AddressRange]
    private(set) var values: [[UInt8?]]
    private var next: UInt8 = 0

    init(ranges: [AddressRange]) {
        self.ranges = ranges
        values = ranges.map { _ in Array(repeating: nil, count: 24) }
    }

    func value(at place: Int, of range: AddressRange) -> UInt8? {
        ranges.firstIndex { $0 === range }.flatMap { values[$0][place] }
    }

    /// Some spans give up and some take, and what there is after it.
    func randomChange(_ random: inout SplitMix64) -> (PageChange, PageModel) {
        var change = PageChange()
        var after = self
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<ranges.count, using: &random)
            let first = Int.random(in: 0..<24, using: &random)
            let isMapped = values[index][first] != nil
            let longest = (first..<24).prefix(Int.random(in: 1...6, using: &random))
            let places = longest.prefix {
                (values[index][$0] != nil) == isMapped
                    && (after.values[index][$0] != nil) == isMapped
            }
            for place in places {
                after.next &+= 1
                after.values[index][place] = isMapped ? nil : after.next
            }
            let span = PageSpan(range: ranges[index], places: places)
            if places.isEmpty { continue }
            if isMapped { change.giving.append(span) } else { change.taking.append(span) }
        }
        return (change, after)
    }
}
