/// Reserved address space of one device memory: pages of the budget come and go in it while its
/// addresses stay.
package final class AddressRange {
    /// Aligned to the page size.
    package let base: UnsafeMutableRawPointer
    /// How many pages fit.
    package let capacity: Int
    /// Which physical page lies at each place, up to the last place ever used; `nil` is bare
    /// address space.
    private(set) var pages: [Int?] = []
    /// Where the reservation really begins and how long it is.
    let reservation: UnsafeMutableRawBufferPointer

    init(base: UnsafeMutableRawPointer, capacity: Int, reservation: UnsafeMutableRawBufferPointer) {
        self.base = base
        self.capacity = capacity
        self.reservation = reservation
    }

    /// Pages mapped now. Complexity: O(places ever used).
    package var mappedCount: Int { pages.count { $0 != nil } }

    /// The physical page at `place`; `nil` is bare address space.
    func page(at place: Int) -> Int? { place < pages.count ? pages[place] : nil }

    func set(_ page: Int?, at place: Int) {
        precondition(place < capacity, "beyond the reserved address space")
        while pages.count <= place { pages.append(nil) }
        pages[place] = page
    }
}
