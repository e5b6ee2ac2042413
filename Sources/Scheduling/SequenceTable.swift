package import Domain

/// All sequences of a cell by slot. Groups hold ids only, so moving a sequence between groups
/// moves an id. Freed slots are reused first, so ids stay dense.
package struct SequenceTable: Sendable {
    private var slots: [SequenceState?] = []
    private var vacant: [SequenceID] = []

    package init() {}

    package var count: Int { slots.count - vacant.count }

    /// The id that the next `insert` must use.
    package var nextID: SequenceID { vacant.last ?? SequenceID(index: slots.count) }

    package mutating func insert(_ sequence: SequenceState) {
        precondition(sequence.id == nextID)
        if vacant.popLast() == nil {
            slots.append(sequence)
        } else {
            slots[sequence.id.index] = sequence
        }
    }

    package mutating func remove(_ id: SequenceID) {
        precondition(slots[id.index] != nil)
        slots[id.index] = nil
        vacant.append(id)
    }

    package func contains(_ id: SequenceID) -> Bool {
        id.index < slots.count && slots[id.index] != nil
    }

    /// The sequence in a slot that is taken. Changes are in place.
    package subscript(id: SequenceID) -> SequenceState {
        get {
            guard let sequence = slots[id.index] else { preconditionFailure("no sequence \(id)") }
            return sequence
        }
        _modify {
            guard var sequence = slots[id.index].take() else {
                preconditionFailure("no sequence \(id)")
            }
            defer { slots[id.index] = sequence }
            yield &sequence
        }
    }
}
