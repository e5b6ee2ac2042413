/// Who moves running sequences between groups while nothing forces it (`--relocation-policy`).
package enum RelocationPolicy: String, Hashable, Sendable, CaseIterable {
    /// From groups that are short of memory to such as have plenty, so that queues are served,
    /// nobody is preempted and requests of high priority have room (Llumnix §4.4).
    case llumnix
    /// From groups with few to others, so that few groups are in use (Mell §VI).
    case mell
    /// Nobody: sequences move only when a group changes or an instance is drained.
    case off
}
