/// How a running sequence goes to a group that serves.
package enum RelocationMode: String, Hashable, Sendable, CaseIterable {
    /// Its KV follows while it goes on generating; it stands still for the last few blocks only
    /// (Llumnix §4.2).
    case live
    /// It stands still while all of its KV moves. For comparison.
    case blocking
    /// It gives its KV back and computes it anew there. For comparison.
    case recompute
}
