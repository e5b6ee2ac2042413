internal import Domain
internal import HeapModule

/// Sequences that wait for blocks, in order of precedence.
///
/// A cancelled sequence leaves its entry behind; entries are dropped when they surface and no
/// longer match the table, or all at once when they outnumber the rest. Insertion and removal are
/// O(log n) amortised.
struct WaitingQueue {
    private var heap = Heap<Entry>()
    private(set) var count = 0

    /// Entries kept, those of cancelled sequences included.
    var storedCount: Int { heap.count }

    private struct Entry: Comparable {
        let precedence: Precedence
        let id: SequenceID

        static func < (left: Self, right: Self) -> Bool { left.precedence < right.precedence }
    }

    mutating func insert(_ sequence: SequenceState, order: QueueOrder) {
        precondition(sequence.phase == .waiting)
        heap.insert(Entry(precedence: Precedence(of: sequence, in: order), id: sequence.id))
        count += 1
    }

    /// The next sequence, which stays in the queue.
    mutating func first(in table: SequenceTable) -> SequenceID? {
        while let entry = heap.min {
            if isCurrent(entry, table) { return entry.id }
            heap.removeMin()
        }
        return nil
    }

    /// Takes out what `first` returned.
    mutating func removeFirst() {
        heap.removeMin()
        count -= 1
    }

    /// Forgets a sequence that is about to leave the table from the queue.
    mutating func noteRemoval(in table: SequenceTable, leaving id: SequenceID) {
        count -= 1
        guard heap.count > 2 * count + 64 else { return }
        heap = Heap(heap.unordered.filter { $0.id != id && isCurrent($0, table) })
    }

    private func isCurrent(_ entry: Entry, _ table: SequenceTable) -> Bool {
        table.contains(entry.id) && table[entry.id].phase == .waiting
            && table[entry.id].arrival == entry.precedence.arrival
    }
}
