package import Domain

/// The device memory of a CPU instance: one memory file of the budget's size, cut into pages.
package final class PagePool: DeviceMemory {
    package let pageSize: ByteCount
    package let pageCount: Int

    let descriptor: Int32
    let mapping: Mapping
    var free: FreePages
    var ranges: [ObjectIdentifier: AddressRange] = [:]
    /// Places that gave their pages up and still show them; no place is in it twice.
    var stale: [PageSpan] = []
    var lastChange: LastChange?

    /// How pages get into address space; tests put a failing one in its place.
    struct Mapping {
        /// File, offset in it, address, size.
        var map: (Int32, Int, UnsafeMutableRawPointer, Int) throws(Platform.Failure) -> Void =
            Platform.map
        /// Address, size.
        var unmap: (UnsafeMutableRawPointer, Int) throws(Platform.Failure) -> Void =
            Platform.unmap
    }

    /// What it takes to take a change back.
    struct LastChange {
        /// With the page of each place.
        var given: [(span: PageSpan, pages: [Int])]
        var taken: [PageSpan]
    }

    /// Uses whole pages of `budget` only; the rest of it stays unused. Memory is taken from the
    /// system when it is first written.
    package convenience init(
        budget: ByteCount, pageSize: ByteCount? = nil
    ) throws(DeviceMemoryError) {
        try self.init(budget: budget, pageSize: pageSize, mapping: Mapping())
    }

    init(budget: ByteCount, pageSize: ByteCount?, mapping: Mapping) throws(DeviceMemoryError) {
        let pageSize = pageSize ?? Self.defaultPageSize(budget: budget)
        precondition(pageSize.bytes > 0 && pageSize.bytes % Platform.systemPageSize == 0)
        self.pageSize = pageSize
        self.mapping = mapping
        pageCount = max(0, budget.bytes) / pageSize.bytes
        free = FreePages(count: pageCount)
        do {
            descriptor = try Platform.makeMemoryFile(size: pageCount * pageSize.bytes)
        } catch {
            throw DeviceMemoryError(error)
        }
    }

    deinit {
        for range in ranges.values { Platform.release(range) }
        Platform.close(descriptor)
    }

    package var freePageCount: Int { free.count }

    /// Large budgets use the processor's huge pages; small ones are cut finer.
    package static func defaultPageSize(budget: ByteCount) -> ByteCount {
        budget >= .gibibytes(1) ? .mebibytes(2) : .kibibytes(64)
    }
}

// MARK: - Address space

extension PagePool {
    package func reserve(_ size: ByteCount) throws(DeviceMemoryError) -> AddressRange {
        let capacity = pages(for: size)
        let bytes = (capacity + 1) * pageSize.bytes
        do {
            let start = try Platform.reserve(size: bytes)
            let range = AddressRange(
                base: start.alignedUp(toMultipleOf: pageSize.bytes),
                capacity: capacity,
                reservation: UnsafeMutableRawBufferPointer(start: start, count: bytes)
            )
            ranges[ObjectIdentifier(range)] = range
            return range
        } catch {
            throw DeviceMemoryError(error)
        }
    }

    package func release(_ range: AddressRange) {
        precondition(ranges.removeValue(forKey: ObjectIdentifier(range)) != nil, "foreign range")
        free.give(range.pages.compactMap(\.self))
        stale.removeAll { $0.range === range }
        lastChange = nil
        Platform.release(range)
    }

    package func commit(_ span: PageSpan) {
        guard usesHugePages else { return }
        Platform.takeHugePages(at: address(span), size: size(span.places.count))
    }

    /// Whether a page of the pool is made of the processor's huge pages.
    var usesHugePages: Bool { pageSize.bytes.isMultiple(of: Platform.hugePageSize) }

    func address(_ span: PageSpan) -> UnsafeMutableRawPointer {
        span.range.base + size(span.places.lowerBound)
    }

    func size(_ pages: Int) -> Int { pages * pageSize.bytes }
}

extension Platform {
    fileprivate static func release(_ range: AddressRange) {
        guard let start = range.reservation.baseAddress else { return }
        release(start, size: range.reservation.count)
    }
}
