/// Random numbers without state: a pure function of key and counter, Philox-4x32-10 (Salmon et
/// al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
enum CounterRandom {
    /// Four independent words for each pair of a counter and a key.
    static func words(
        counter: SIMD4<UInt32>, key: SIMD2<UInt32>
    ) -> SIMD4<UInt32> {
        var x = counter
        var k = key
        for _ in 0..<10 {
            let a = x[0].multipliedFullWidth(by: 0xD251_1F53)
            let b = x[2].multipliedFullWidth(by: 0xCD9E_8D57)
            x = SIMD4(b.high ^ x[1] ^ k[0], b.low, a.high ^ x[3] ^ k[1], a.low)
            k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return x
    }

    /// In [0, 1), for the token that is to stand at `position` of a sequence.
    static func uniform(seed: UInt64, position: Int) -> Double {
        let position = UInt64(truncatingIfNeeded: position)
        let random = words(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
                0, 0),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
        let bits = UInt64(random[0]) << 32 | UInt64(random[1])
        return Double(bits >> 11) * 0x1p-53
    }
}
