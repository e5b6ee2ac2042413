internal import Domain

/// A doubly linked list over span ids, kept in two arrays: O(1) insertion at the end and removal
/// from anywhere.
package struct SpanList: Sendable {
    /// Place 0 is the list's own ends, place b + 1 is span b: the neighbours. A span that is not
    /// in the list points at itself.
    private var next: [Int32] = [0]
    private var previous: [Int32] = [0]
    package private(set) var count = 0

    /// Spans that the list has places for.
    var capacity: Int { next.count - 1 }

    /// Makes room for one more span id.
    mutating func addPlace() {
        let place = Int32(next.count)
        next.append(place)
        previous.append(place)
    }

    var first: SpanID? { count == 0 ? nil : SpanID(index: Int(next[0]) - 1) }

    mutating func append(_ span: SpanID) {
        let place = span.index + 1
        precondition(Int(next[place]) == place, "span \(span) is in the list already")
        let last = previous[0]
        next[Int(last)] = Int32(place)
        previous[place] = last
        next[place] = 0
        previous[0] = Int32(place)
        count += 1
    }

    mutating func remove(_ span: SpanID) {
        let place = span.index + 1
        let (before, after) = (previous[place], next[place])
        precondition(Int(after) != place, "span \(span) is not in the list")
        next[Int(before)] = after
        previous[Int(after)] = before
        next[place] = Int32(place)
        previous[place] = Int32(place)
        count -= 1
    }

    /// The spans in order. Complexity: O(count).
    func spans() -> [SpanID] {
        var result: [SpanID] = []
        var place = Int(next[0])
        while place != 0 {
            result.append(SpanID(index: place - 1))
            place = Int(next[place])
        }
        return result
    }
}
