/// Which pages of a budget belong to no place.
struct FreePages {
    private(set) var isFree: [Bool]
    private(set) var count: Int

    /// All of them.
    init(count: Int) {
        isFree = Array(repeating: true, count: count)
        self.count = count
    }

    /// Each of `pages` is free.
    mutating func take(_ pages: some Collection<Int>) {
        for page in pages {
            precondition(isFree[page], "a page that is in use")
            isFree[page] = false
        }
        count -= pages.count
    }

    /// None of `pages` is free.
    mutating func give(_ pages: some Collection<Int>) {
        for page in pages {
            precondition(!isFree[page], "a page that is free already")
            isFree[page] = true
        }
        count += pages.count
    }
}
