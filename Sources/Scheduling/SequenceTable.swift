package import Domain

/// All sequences of a cell by slot. Groups hold ids only, so moving a sequence between groups
/// moves an id. Freed slots are reused first, so ids stay dense. Every operation is O(1).
package struct SequenceTable: Sendable {
    /// By id; what lies in a vacant slot is left over.
    private var slots: [SequenceState] = []
    private var isTaken: [Bool] = []
    private var vacant: [SequenceID] = []

    package init() {}

    package var count: Int { slots.count - vacant.count }

    /// The id that the next `insert` must use.
    package var nextID: SequenceID { vacant.last ?? SequenceID(index: slots.count) }

    package mutating func insert(_ sequence: SequenceState) {
        precondition(sequence.id == nextID)
        if vacant.popLast() == nil {
            slots.append(sequence)
            isTaken.append(true)
        } else {
            slots[sequence.id.index] = sequence
            isTaken[sequence.id.index] = true
        }
    }

    package mutating func remove(_ id: SequenceID) {
        precondition(isTaken[id.index])
        isTaken[id.index] = false
        slots[id.index].clear()
        vacant.append(id)
    }

    package func contains(_ id: SequenceID) -> Bool { id.index < slots.count && isTaken[id.index] }

    /// How many of these sequences stand still. Complexity: O(those).
    package func stalledCount(among ids: [SequenceID]) -> Int {
        var count = 0
        for id in ids where slots[id.index].phase == .stalled { count += 1 }
        return count
    }

    /// Whether the sequence ends with this token.
    package func isStop(_ token: TokenID, of id: SequenceID) -> Bool {
        slots[id.index].stop.stopTokens.contains(token)
    }

    /// The sequence in a slot that is taken. Changes are in place; handing it to somebody else
    /// copies it.
    package subscript(id: SequenceID) -> SequenceState {
        get {
            precondition(isTaken[id.index], "no sequence \(id)")
            return slots[id.index]
        }
        _modify {
            precondition(isTaken[id.index], "no sequence \(id)")
            yield &slots[id.index]
        }
    }
}
