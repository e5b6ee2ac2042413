internal import Domain

/// Which span holds the tokens of a digest: a table with open addressing and linear probing.
///
/// A digest is mixed already, so its low bits are the place where the search begins, and an entry
/// lies with its digest: most searches touch the memory once, where a dictionary hashes anew and
/// touches it three times. Every operation is O(1), amortised and on average.
struct PrefixIndex: Sendable {
    private struct Entry: Sendable {
        let digest: PrefixDigest
        var span: SpanID
    }

    /// A power of two, of which at most three quarters are taken.
    private var places: [Entry?] = [nil]
    private(set) var count = 0

    /// The entries, in no order that means anything.
    var entries: [(digest: PrefixDigest, span: SpanID)] {
        places.compactMap { $0.map { ($0.digest, $0.span) } }
    }

    subscript(digest: PrefixDigest) -> SpanID? { places[place(of: digest)]?.span }

    /// Enters a span; returns the one that was there before.
    mutating func update(_ digest: PrefixDigest, to span: SpanID) -> SpanID? {
        if 4 * (count + 1) > 3 * places.count { grow() }
        let place = place(of: digest)
        let known = places[place]?.span
        places[place] = Entry(digest: digest, span: span)
        if known == nil { count += 1 }
        return known
    }

    /// Takes an entry out, and lets those move up that were looked for at its place.
    mutating func remove(_ digest: PrefixDigest) {
        var hole = place(of: digest)
        guard places[hole] != nil else { return }
        places[hole] = nil
        count -= 1
        var place = follower(of: hole)
        while let entry = places[place] {
            let way = distance(from: home(of: entry.digest), to: place)
            if way >= distance(from: hole, to: place) {
                places[hole] = entry
                places[place] = nil
                hole = place
            }
            place = follower(of: place)
        }
    }

    /// Where a digest is, or would be entered.
    private func place(of digest: PrefixDigest) -> Int {
        var place = home(of: digest)
        while let entry = places[place], entry.digest != digest { place = follower(of: place) }
        return place
    }

    private func home(of digest: PrefixDigest) -> Int {
        Int(truncatingIfNeeded: digest.value) & (places.count - 1)
    }

    private func follower(of place: Int) -> Int { (place + 1) & (places.count - 1) }

    private func distance(from home: Int, to place: Int) -> Int {
        (place - home) & (places.count - 1)
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: nil, count: max(16, 2 * old.count))
        for case let entry? in old { places[place(of: entry.digest)] = entry }
    }
}
