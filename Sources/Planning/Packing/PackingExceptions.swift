/// Hosts that are not as the paper's theorem 1 wants them. Right after a plan in which nothing else
/// moved, and with no move refused, their number does not depend on the number of hosts.
package struct PackingExceptions: Hashable, Sendable {
    /// P1: hosts with a medium sequence but no second one, though the tail has one that fits.
    package var medium = 0
    /// P2: hosts with small sequences but no three, though the tail has one that fits.
    package var small = 0
    /// P3: hosts with tiny sequences only that are below the fill level.
    package var tiny = 0
    /// P4: hosts with a large sequence alone, though a small or medium one fits beside what is
    /// there.
    package var large = 0
    /// P5: hosts with a large or the full number of medium sequences that are below the fill level
    /// while others hold tiny ones only.
    package var underfilled = 0
    /// Hosts that hold more than they have, with what is about to leave.
    package var overfull = 0

    package init() {}
}
