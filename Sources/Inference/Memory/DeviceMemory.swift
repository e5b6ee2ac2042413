package import Domain

/// A fixed budget of equal physical pages, and address space to map them into: a memfd on the
/// CPU, virtual-memory handles on an accelerator.
///
/// A page is free or belongs to one place of one range. A place that gave its page up is *stale*
/// until `settle` comes by: its address still shows the page, which may be somebody else's by then,
/// so nobody may touch it.
///
/// Not thread-safe: one instance, one thread.
package protocol DeviceMemory: AnyObject {
    var pageSize: ByteCount { get }
    /// Pages of the whole budget.
    var pageCount: Int { get }
    var freePageCount: Int { get }

    /// Address space for `size` bytes, rounded up to pages; nothing is mapped yet.
    func reserve(_ size: ByteCount) throws(DeviceMemoryError) -> AddressRange
    /// Puts free pages and those given up at the places that take pages; what is left over is
    /// free. The bytes of a page are whatever its last user left. All or nothing.
    ///
    /// Only maps, neighbours with one call of the system, and tears nothing down.
    /// Complexity: O(pages of the budget).
    func apply(_ change: PageChange) throws(DeviceMemoryError)
    /// Takes the last change back, which has not been settled: every page returns to its place,
    /// and with it the bytes, unless somebody wrote to the new place.
    func undo()
    /// Tears down up to `pages` stale places, for good: the last change cannot be taken back any
    /// more. True when none are left, or when the system refuses: the next change tries again.
    func settle(pages: Int) -> Bool
    /// All bytes of these pages are about to be written, and so far are nobody's: takes their
    /// memory from the system at once, in huge pages if it can be had. Never fails.
    func commit(_ span: PageSpan)
    /// Gives all pages of the range and its address space back.
    func release(_ range: AddressRange)
}

extension DeviceMemory {
    package var budget: ByteCount { pageSize * pageCount }

    /// Pages that hold `size` bytes.
    package func pages(for size: ByteCount) -> Int {
        size.roundedUp(to: pageSize).bytes / pageSize.bytes
    }

    /// A new range whose pages are all mapped.
    package func allocate(_ size: ByteCount) throws(DeviceMemoryError) -> AddressRange {
        let range = try reserve(size)
        do {
            try apply(PageChange(taking: [range.whole]))
        } catch {
            release(range)
            throw error
        }
        return range
    }
}
