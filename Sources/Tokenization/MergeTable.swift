/// The merges of a byte-pair model: which pairs of neighbouring symbols become one, and how early.
struct MergeTable: Sendable {
    struct Merge {
        /// Lower ranks merge first.
        var rank: UInt32
        var result: UInt32
    }

    private struct Place {
        var pair: UInt64
        var merge: Merge
        var isUsed: Bool
    }

    private var places: [Place]
    private let seed = HashSeed.make()

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        let free = Place(pair: 0, merge: Merge(rank: 0, result: 0), isUsed: false)
        places = [Place](repeating: free, count: size)
    }

    /// Sets the merge of a pair; a later one replaces an earlier one. No more pairs than the
    /// capacity may be set.
    mutating func set(_ left: UInt32, _ right: UInt32, _ merge: Merge) {
        let pair = UInt64(left) << 32 | UInt64(right)
        places[place(of: pair)] = Place(pair: pair, merge: merge, isUsed: true)
    }

    /// Complexity: O(1).
    @inline(__always)
    func merge(_ left: UInt32, _ right: UInt32) -> Merge? {
        let place = places[place(of: UInt64(left) << 32 | UInt64(right))]
        return place.isUsed ? place.merge : nil
    }

    @inline(__always)
    private func place(of pair: UInt64) -> Int {
        let mask = places.count - 1
        var index = Int(truncatingIfNeeded: HashSeed.mix(pair ^ seed)) & mask
        while places[index].isUsed, places[index].pair != pair { index = (index + 1) & mask }
        return index
    }
}
