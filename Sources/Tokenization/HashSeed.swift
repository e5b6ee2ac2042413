/// Hashing for the flat tables. The seed differs between processes, as that of `Hasher` does, so
/// a hostile file cannot be made to collide; nothing depends on the order of the tables.
enum HashSeed {
    static func make() -> UInt64 {
        UInt64(truncatingIfNeeded: Hasher().finalize())
    }

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var hash = value
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }

    @inline(__always)
    static func hash(_ bytes: [UInt8], _ range: Range<Int>, _ seed: UInt64) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: range.count)
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x9E37_79B9_7F4A_7C15 }
        return mix(hash)
    }
}
