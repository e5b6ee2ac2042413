/// Byte strings with their ids, in three flat arrays and one open-addressing index: loading a
/// vocabulary of 150 000 tokens allocates a dozen times, and a look-up touches two cache lines.
struct TokenTable: Sendable {
    /// Ids are indices of flat tables, so a hostile file may not make them large.
    static let idLimit = 1 << 22

    private var pool: [UInt8] = []
    /// Where the string of each entry starts in the pool; one more for the end of the last.
    private var starts: [Int] = [0]
    private var ids: [UInt32] = []
    /// Entry numbers counted from 1 by hash of the string, and by id; 0 is a free place.
    private var slots: [UInt32]
    private var entryOfID: [UInt32] = []
    private let seed: UInt64

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        ids.reserveCapacity(capacity)
        starts.reserveCapacity(capacity + 1)
        pool.reserveCapacity(capacity * 8)
        seed = HashSeed.make()
    }

    var count: Int { ids.count }

    /// The largest id + 1.
    var idBound: Int { entryOfID.count }

    enum Insertion { case done, repeatedString, repeatedID(TokenTable.Entry) }

    /// One stored string.
    struct Entry { fileprivate let number: Int }

    /// Adds a string. The id must be below `idLimit`.
    mutating func insert(_ string: some Collection<UInt8>, id: UInt32) -> Insertion {
        let start = pool.count
        pool.append(contentsOf: string)
        let slot = slot(of: pool, start..<pool.count)
        guard slots[slot] == 0 else {
            pool.removeSubrange(start...)
            return .repeatedString
        }
        if let existing = entry(id: id) {
            pool.removeSubrange(start...)
            return .repeatedID(existing)
        }
        ids.append(id)
        starts.append(pool.count)
        if entryOfID.count <= Int(id) {
            let missing = Int(id) + 1 - entryOfID.count
            entryOfID.append(contentsOf: repeatElement(0, count: missing))
        }
        entryOfID[Int(id)] = UInt32(ids.count)
        slots[slot] = UInt32(ids.count)
        if ids.count * 2 > slots.count { grow() }
        return .done
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for entry in ids.indices {
            slots[slot(of: pool, starts[entry]..<starts[entry + 1])] = UInt32(entry + 1)
        }
    }

    /// The id of the string in `range` of `bytes`.
    func id(of bytes: [UInt8], _ range: Range<Int>) -> UInt32? {
        let entry = slots[slot(of: bytes, range)]
        return entry == 0 ? nil : ids[Int(entry) - 1]
    }

    func id(of bytes: [UInt8]) -> UInt32? { id(of: bytes, bytes.indices) }

    func entry(id: UInt32) -> Entry? {
        guard Int(id) < entryOfID.count, entryOfID[Int(id)] != 0 else { return nil }
        return Entry(number: Int(entryOfID[Int(id)]) - 1)
    }

    func bytes(of entry: Entry) -> ArraySlice<UInt8> {
        pool[starts[entry.number]..<starts[entry.number + 1]]
    }

    func bytes(id: UInt32) -> ArraySlice<UInt8>? { entry(id: id).map(bytes(of:)) }

    /// The length of the longest string.
    var longest: Int { ids.indices.map { starts[$0 + 1] - starts[$0] }.max() ?? 0 }

    /// The strings and their ids in order of insertion.
    var entries: some Sequence<(bytes: ArraySlice<UInt8>, id: UInt32)> {
        ids.indices.lazy.map { (pool[starts[$0]..<starts[$0 + 1]], ids[$0]) }
    }

    /// The place where the string is, or where it would go.
    private func slot(of bytes: [UInt8], _ range: Range<Int>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: HashSeed.hash(bytes, range, seed)) & mask
        while slots[slot] != 0, !equals(Int(slots[slot]) - 1, bytes, range) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func equals(_ entry: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let start = starts[entry]
        guard starts[entry + 1] - start == range.count else { return false }
        for offset in 0..<range.count where pool[start + offset] != bytes[range.lowerBound + offset]
        {
            return false
        }
        return true
    }
}
