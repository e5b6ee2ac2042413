/// How sequences are packed on groups.
package enum PackingPolicy: String, Hashable, Sendable, CaseIterable {
    /// By classes of size, with moves of running sequences: on as few groups as possible (Mell
    /// §VI).
    case mell
    /// The group with the least free memory that suffices; nothing moves.
    case bestFit = "best-fit"
    /// The group with the most free memory; nothing moves.
    case worstFit = "worst-fit"
    /// As `worstFit`, and sequences move from full groups to emptier ones.
    case loadBalance = "load-balance"
}
