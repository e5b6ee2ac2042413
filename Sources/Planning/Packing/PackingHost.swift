package import Domain

/// A place for sequences: one group, normally of one instance.
package struct PackingHost: Hashable, Sendable {
    package var group: GroupID
    package var capacity: BlockCount
    /// Which machine it is on; moves within a machine are cheaper.
    package var machine: Int
    /// Takes sequences and gives them away; otherwise packing leaves it alone, since it drains or
    /// is being reshaped.
    package var isOpen: Bool

    package init(group: GroupID, capacity: BlockCount, machine: Int = 0, isOpen: Bool = true) {
        self.group = group
        self.capacity = capacity
        self.machine = machine
        self.isOpen = isOpen
    }
}
