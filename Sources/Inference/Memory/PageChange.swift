/// Places that give their pages up and places that get pages, as one transaction.
package struct PageChange {
    /// Each place has a page.
    package var giving: [PageSpan]
    /// Each place has none. No place is in both lists, or twice in one.
    package var taking: [PageSpan]

    package init(giving: [PageSpan] = [], taking: [PageSpan] = []) {
        self.giving = giving
        self.taking = taking
    }

    package static func + (left: Self, right: Self) -> Self {
        Self(giving: left.giving + right.giving, taking: left.taking + right.taking)
    }
}

extension [PageSpan] {
    /// Complexity: O(n).
    var pageCount: Int { reduce(0) { $0 + $1.places.count } }
}
