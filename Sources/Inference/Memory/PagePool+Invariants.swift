extension PagePool {
    /// Each page is free or at one place, stale places have none, and the counts agree.
    /// Complexity: O(pages).
    package func checkInvariants() {
        var uses = Array(repeating: 0, count: pageCount)
        for range in ranges.values {
            precondition(range.pages.count <= range.capacity)
            precondition(range.mappedCount == range.pages.count { $0 != nil })
            for case let page? in range.pages { uses[page] += 1 }
        }
        for page in 0..<pageCount {
            precondition(uses[page] == (free.isFree[page] ? 0 : 1), "page \(page)")
        }
        precondition(free.count == free.isFree.count { $0 }, "free pages")
        var seen: Set<Int> = []
        for span in stale {
            precondition(ranges[ObjectIdentifier(span.range)] != nil, "stale and released")
            for place in span.places {
                precondition(span.range.page(at: place) == nil, "stale and in use")
                let address = span.range.base + size(place)
                precondition(seen.insert(Int(bitPattern: address)).inserted, "stale twice")
            }
        }
    }
}
