/// Which ways packing may send running sequences (`--transfer-policy`; Mell §V-B).
package enum TransferPolicy: String, Hashable, Sendable, CaseIterable {
    /// Some by copying their KV and some by computing it again, as links and instances have room.
    case hybrid
    /// By copying alone, as far as links have room. For comparison.
    case kv
    /// By computing alone, as far as instances have room. For comparison.
    case tokens
    /// All at once as the relocation mode says, whatever that loads.
    case unbounded
}
