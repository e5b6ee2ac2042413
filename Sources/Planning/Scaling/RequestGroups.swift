package import Domain
internal import HeapModule

/// Batch requests that wait for an instance, in groups of about the same deadline. Groups are
/// served by deadline, requests of a group by arrival (QLM; Chiron §5.2), and decisions about
/// instances look at groups only. All requests are for the one model of the cell.
///
/// The deadlines of a group lie within the tolerance of that of its first request, so whoever
/// comes with a deadline as close to the first of some group joins one.
package struct RequestGroups: Sendable {
    package let tolerance: Duration
    /// By the deadline of the first request, ascending, more than the tolerance apart.
    private var order: [Anchor] = []
    /// Groups at places that do not change; empty ones are used again.
    private var groups: [Group] = []
    private var vacant: [Int] = []
    /// Only looked up.
    private var entries: [RequestID: Entry] = [:]
    private var nextTicket: UInt64 = 0

    package init(tolerance: Duration) {
        self.tolerance = max(tolerance, .zero)
    }

    /// Requests that wait.
    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    package var groupCount: Int { order.count }

    /// The groups by deadline. Complexity: O(groups).
    package var backlog: [RequestBacklog] {
        order.map { anchor in
            let group = groups[anchor.place]
            return RequestBacklog(deadline: group.deadline, count: group.count)
        }
    }

    /// Who is next.
    package var first: RequestID? {
        order.first.flatMap { groups[$0.place].waiting.min?.request }
    }

    /// A request waits. One that comes back has its old place by its arrival.
    ///
    /// Complexity: O(log requests), for the latest arrival of its group O(log groups); the first
    /// of a group also moves the entries of groups behind it, a word or two each.
    package mutating func insert(_ request: RequestID, arrival: Instant, deadline: Instant) {
        precondition(entries[request] == nil, "a request that waits twice")
        let place = place(for: deadline)
        entries[request] = Entry(place: place, ticket: nextTicket)
        groups[place].insert(
            Waiting(arrival: arrival, request: request, ticket: nextTicket), deadline: deadline)
        nextTicket += 1
    }

    /// Takes a request out, wherever it stands; whether it was there. Complexity: amortised
    /// O(log requests).
    @discardableResult
    package mutating func remove(_ request: RequestID) -> Bool {
        guard let entry = entries.removeValue(forKey: request) else { return false }
        groups[entry.place].count -= 1
        dropGone(from: entry.place)
        return true
    }

    /// Takes out who is next.
    package mutating func popFirst() -> RequestID? {
        guard let first else { return nil }
        remove(first)
        return first
    }
}

extension RequestGroups {
    fileprivate struct Anchor {
        let deadline: Instant
        let place: Int
    }

    fileprivate struct Entry {
        let place: Int
        let ticket: UInt64
    }

    fileprivate struct Waiting: Comparable {
        let arrival: Instant
        let request: RequestID
        /// Tells it from the same request at an earlier time.
        let ticket: UInt64

        static func < (left: Self, right: Self) -> Bool {
            (left.arrival, left.request, left.ticket)
                < (right.arrival, right.request, right.ticket)
        }
    }

    /// `waiting` may hold requests that are gone, but not as the first.
    fileprivate struct Group {
        var anchor: Instant
        var deadline: Instant
        var count = 0
        var waiting = Heap<Waiting>()

        mutating func insert(_ request: Waiting, deadline: Instant) {
            self.deadline = min(self.deadline, deadline)
            count += 1
            waiting.insert(request)
        }
    }

    /// The place of the group for a deadline, the nearest or else a new one.
    private mutating func place(for deadline: Instant) -> Int {
        let above = index(of: deadline)
        let below = above - 1
        let distanceAbove = above < order.count ? order[above].deadline - deadline : nil
        let distanceBelow = below >= 0 ? deadline - order[below].deadline : nil
        if let distanceBelow, distanceBelow <= min(tolerance, distanceAbove ?? tolerance) {
            return order[below].place
        }
        if let distanceAbove, distanceAbove <= tolerance { return order[above].place }
        let place = newPlace(for: deadline)
        order.insert(Anchor(deadline: deadline, place: place), at: above)
        return place
    }

    private mutating func newPlace(for deadline: Instant) -> Int {
        let group = Group(anchor: deadline, deadline: deadline)
        if let place = vacant.popLast() {
            groups[place] = group
            return place
        }
        groups.append(group)
        return groups.count - 1
    }

    /// The index in `order` of the first anchor that is not before `deadline`.
    private func index(of deadline: Instant) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle].deadline < deadline { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Forgets requests that are gone: those at the front, all when they are most, and a group
    /// that has no others.
    private mutating func dropGone(from place: Int) {
        if groups[place].count == 0 {
            order.remove(at: index(of: groups[place].anchor))
            groups[place].waiting = Heap()
            vacant.append(place)
            return
        }
        if groups[place].waiting.count > 2 * groups[place].count + 16 {
            let alive = groups[place].waiting.unordered.filter(isWaiting)
            groups[place].waiting = Heap(alive)
        }
        while let first = groups[place].waiting.min, !isWaiting(first) {
            groups[place].waiting.removeMin()
        }
    }

    private func isWaiting(_ request: Waiting) -> Bool {
        entries[request.request]?.ticket == request.ticket
    }
}
