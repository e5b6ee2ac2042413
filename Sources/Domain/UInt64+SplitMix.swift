extension UInt64 {
    /// What a SplitMix64 generator adds to its state for each number (Steele, Lea, Flood 2014).
    @inlinable
    package static var splitMixStep: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// The finaliser of SplitMix64: every bit depends on all of these. It is fixed by these lines
    /// alone, so what is made of it is the same everywhere and always.
    @inlinable
    package var splitMixed: UInt64 {
        var mixed = self
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
