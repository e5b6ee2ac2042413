/// The words of one text that were encoded already. Each word has one place, and a later word
/// takes it over; the ids are not stored, for they stand in the output of the same call.
struct WordCache {
    private struct Place {
        var key: Range<Int>
        var ids: Range<Int>
    }

    private var places: [Place?]
    private var pool: [UInt8] = []

    /// A short text gets no cache.
    init(textLength: Int) {
        guard textLength >= 512 else {
            places = []
            return
        }
        var size = 256
        while size < textLength / 8, size < 8192 { size *= 2 }
        places = [Place?](repeating: nil, count: size)
    }

    /// Appends the ids of `word` if they are known; says whether they are.
    mutating func append(
        _ word: Range<Int>, of bytes: [UInt8], to output: inout [UInt32]
    ) -> Bool {
        guard isCacheable(word), let place = places[index(word, bytes)],
            place.key.count == word.count
        else { return false }
        for offset in 0..<word.count
        where pool[place.key.lowerBound + offset] != bytes[word.lowerBound + offset] {
            return false
        }
        for index in place.ids { output.append(output[index]) }
        return true
    }

    /// Remembers that the ids of `word` stand in `ids` of the output.
    mutating func insert(_ word: Range<Int>, of bytes: [UInt8], _ ids: Range<Int>) {
        guard isCacheable(word), pool.count < Self.poolLimit else { return }
        let start = pool.count
        pool.append(contentsOf: bytes[word])
        places[index(word, bytes)] = Place(key: start..<pool.count, ids: ids)
    }

    private func isCacheable(_ word: Range<Int>) -> Bool {
        !places.isEmpty && word.count > 1 && word.count <= 64
    }

    private func index(_ word: Range<Int>, _ bytes: [UInt8]) -> Int {
        let hash = HashSeed.hash(bytes, word, 0)
        return Int(truncatingIfNeeded: hash) & (places.count - 1)
    }

    private static let poolLimit = 1 << 20
}
