/// Where a packed weight lies in the memory of its unit. Parts that share their input, such as
/// queries, keys and values, lie one after the other as one matrix; each begins with a panel of
/// its own, so the outputs of every part begin at a multiple of the panel width.
struct MatrixLayout: Hashable {
    /// Bytes from the start of the unit.
    var offset: Int
    /// Where the bias lies, `outputs` floats, if there is one.
    var biasOffset: Int?
    /// Outputs of all parts, each rounded up to panels, except that a lone part is not rounded.
    var outputs: Int
    /// Inputs.
    var depth: Int
    /// The first output of each part.
    var partStarts: [Int]
}
