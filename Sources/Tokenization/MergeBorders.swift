/// Which two scalars can meet inside a merged token: a set of pairs, kept as a bitmap of hashes.
/// It may say yes too often, never no.
struct MergeBorders: Sendable {
    private var bits: [UInt64]
    private let shift: UInt64
    /// An empty token makes every border uncertain.
    private var joinsEverything = false

    init(capacity: Int) {
        var width: UInt64 = 14
        while 1 << width < capacity * 4, width < 20 { width += 1 }
        bits = [UInt64](repeating: 0, count: 1 << (width - 6))
        shift = 64 - width
    }

    /// Records that a merge joins a token ending in `left`'s last scalar to one starting with
    /// `right`'s first.
    mutating func insert(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) {
        guard !left.isEmpty, !right.isEmpty else {
            joinsEverything = true
            return
        }
        let left = Array(left)
        let last = left.scalar(at: left.scalarStart(before: left.count)).value
        let first = Array(right.prefix(4)).scalar(at: 0).value
        let place = place(last, first)
        bits[place >> 6] |= 1 << UInt64(place & 63)
    }

    @inline(__always)
    func mayJoin(_ left: UInt32, _ right: UInt32) -> Bool {
        let place = place(left, right)
        return joinsEverything || bits[place >> 6] & (1 << UInt64(place & 63)) != 0
    }

    @inline(__always)
    private func place(_ left: UInt32, _ right: UInt32) -> Int {
        let pair = UInt64(left) << 32 | UInt64(right)
        return Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}
