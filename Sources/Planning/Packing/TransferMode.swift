/// How a sequence gets to another group (Mell §V).
package enum TransferMode: String, Hashable, Sendable, CaseIterable {
    /// Its KV is copied: this loads links.
    case kv
    /// Its tokens are sent and computed again: this loads the destination.
    case tokens
    /// Not in this epoch.
    case deferred
}
