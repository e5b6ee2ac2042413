package import Domain

/// The device memory of a CPU instance: one memory file of the budget's size, cut into pages.
///
/// A page is free or mapped at exactly one place of exactly one range. Free pages are handed out
/// lowest first, so neighbours mostly stay neighbours and one system call maps a run of them.
package final class PagePool: DeviceMemory {
    package let pageSize: ByteCount
    package let pageCount: Int
    package private(set) var freePageCount: Int

    private let descriptor: Int32
    private let mapping: Mapping
    private var isFree: [Bool]
    private var ranges: [ObjectIdentifier: AddressRange] = [:]

    /// How pages get into address space; tests put a failing one in its place.
    struct Mapping {
        /// File, offset in it, address, size.
        var map: (Int32, Int, UnsafeMutableRawPointer, Int) throws(Platform.Failure) -> Void =
            Platform.map
        /// Address, size.
        var unmap: (UnsafeMutableRawPointer, Int) throws(Platform.Failure) -> Void =
            Platform.unmap
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
        freePageCount = pageCount
        isFree = Array(repeating: true, count: pageCount)
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
        for place in range.pages.indices { free(range, at: place) }
        Platform.release(range)
    }
}

// MARK: - Pages

extension PagePool {
    package func map(_ range: AddressRange, pages: Range<Int>) throws(DeviceMemoryError) {
        precondition(pages.allSatisfy { range.page(at: $0) == nil }, "already mapped")
        guard pages.count <= freePageCount else {
            throw .outOfPages(needed: pages.count, free: freePageCount, pageSize: pageSize)
        }
        assign(range, pages)
        do {
            try mapRuns(range, pages)
        } catch {
            // Bare address space again; where even that fails the bytes are unused all the same.
            try? mapping.unmap(address(range, pages.lowerBound), size(pages.count))
            for place in pages { free(range, at: place) }
            throw DeviceMemoryError(error)
        }
    }

    package func unmap(_ range: AddressRange, pages: Range<Int>) throws(DeviceMemoryError) {
        precondition(pages.allSatisfy { range.page(at: $0) != nil }, "not mapped")
        guard !pages.isEmpty else { return }
        do {
            try mapping.unmap(address(range, pages.lowerBound), size(pages.count))
        } catch {
            throw DeviceMemoryError(error)
        }
        for place in pages { free(range, at: place) }
    }

    /// Notes the lowest free pages for `places`; there are enough.
    private func assign(_ range: AddressRange, _ places: Range<Int>) {
        var page = 0
        for place in places {
            while !isFree[page] { page += 1 }
            isFree[page] = false
            range.set(page, at: place)
        }
        freePageCount -= places.count
    }

    private func free(_ range: AddressRange, at place: Int) {
        guard let page = range.page(at: place) else { return }
        isFree[page] = true
        freePageCount += 1
        range.set(nil, at: place)
    }

    /// One system call per run of neighbouring pages.
    private func mapRuns(_ range: AddressRange, _ places: Range<Int>) throws(Platform.Failure) {
        var place = places.lowerBound
        while place < places.upperBound, let first = range.page(at: place) {
            var count = 1
            while place + count < places.upperBound, range.page(at: place + count) == first + count
            {
                count += 1
            }
            let offset = first * pageSize.bytes
            try mapping.map(descriptor, offset, address(range, place), size(count))
            place += count
        }
    }

    private func address(_ range: AddressRange, _ place: Int) -> UnsafeMutableRawPointer {
        range.base + size(place)
    }

    private func size(_ pages: Int) -> Int { pages * pageSize.bytes }
}

// MARK: - Invariants

extension PagePool {
    /// Each page is free or at one place, and the counts agree. Complexity: O(pages).
    package func checkInvariants() {
        var uses = Array(repeating: 0, count: pageCount)
        for range in ranges.values {
            precondition(range.pages.count <= range.capacity)
            for case let page? in range.pages { uses[page] += 1 }
        }
        for page in 0..<pageCount {
            precondition(uses[page] == (isFree[page] ? 0 : 1), "page \(page)")
        }
        precondition(freePageCount == isFree.count { $0 }, "free pages")
    }
}

extension Platform {
    fileprivate static func release(_ range: AddressRange) {
        guard let start = range.reservation.baseAddress else { return }
        release(start, size: range.reservation.count)
    }
}
