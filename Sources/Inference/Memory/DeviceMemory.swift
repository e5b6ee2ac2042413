package import Domain

/// A fixed budget of equal physical pages, and address space to map them into: a memfd on the
/// CPU, virtual-memory handles on an accelerator.
///
/// Not thread-safe: one instance, one thread.
package protocol DeviceMemory: AnyObject {
    var pageSize: ByteCount { get }
    /// Pages of the whole budget.
    var pageCount: Int { get }
    var freePageCount: Int { get }

    /// Address space for `size` bytes, rounded up to pages; nothing is mapped yet.
    func reserve(_ size: ByteCount) throws(DeviceMemoryError) -> AddressRange
    /// Takes free pages and puts them at `pages` of the range, which are bare. Their bytes are
    /// whatever their last user left. All or nothing. Complexity: O(pages of the budget).
    func map(_ range: AddressRange, pages: Range<Int>) throws(DeviceMemoryError)
    /// Gives the pages at `pages` of the range, which are mapped, back to the budget.
    func unmap(_ range: AddressRange, pages: Range<Int>) throws(DeviceMemoryError)
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
            try map(range, pages: 0..<range.capacity)
        } catch {
            release(range)
            throw error
        }
        return range
    }
}
