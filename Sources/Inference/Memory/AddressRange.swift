/// Reserved address space of one device memory: pages of the budget come and go in it while its
/// addresses stay.
package final class AddressRange {
    /// Aligned to the page size.
    package let base: UnsafeMutableRawPointer
    /// How many pages fit.
    package let capacity: Int
    /// Pages that belong here now.
    package private(set) var mappedCount = 0
    /// Which physical page belongs to each place, up to the last place ever used; `nil` is none.
    private(set) var pages: [Int?] = []
    /// Where the reservation really begins and how long it is.
    let reservation: UnsafeMutableRawBufferPointer

    init(base: UnsafeMutableRawPointer, capacity: Int, reservation: UnsafeMutableRawBufferPointer) {
        self.base = base
        self.capacity = capacity
        self.reservation = reservation
    }

    /// All places.
    package var whole: PageSpan { PageSpan(range: self, places: 0..<capacity) }

    /// The physical page that belongs to `place`.
    func page(at place: Int) -> Int? { place < pages.count ? pages[place] : nil }

    /// Whether no page belongs to any of `places`.
    func isBare(_ places: Range<Int>) -> Bool {
        pages[places.clamped(to: pages.indices)].allSatisfy { $0 == nil }
    }

    /// The pages of `places`, each of which has one.
    func pages(at places: Range<Int>) -> [Int] {
        pages[places].map { page in
            guard let page else { preconditionFailure("a place without a page") }
            return page
        }
    }

    /// Gives each of `places`, which are bare, a page.
    func put(_ newPages: some Collection<Int>, at places: Range<Int>) {
        precondition(places.upperBound <= capacity, "beyond the reserved address space")
        precondition(newPages.count == places.count && isBare(places))
        if pages.count < places.upperBound {
            pages += repeatElement(nil, count: places.upperBound - pages.count)
        }
        pages.replaceSubrange(places, with: newPages.lazy.map(Optional.some))
        mappedCount += places.count
    }

    /// Takes the pages of `places`, each of which has one, away.
    func clear(_ places: Range<Int>) {
        precondition(pages[places].allSatisfy { $0 != nil })
        pages.replaceSubrange(places, with: repeatElement(nil, count: places.count))
        mappedCount -= places.count
    }
}
