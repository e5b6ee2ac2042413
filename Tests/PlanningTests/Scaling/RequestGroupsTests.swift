import Domain
import Planning
import TestSupport
import Testing

struct RequestGroupsTests {
    private func at(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

    private func insert(_ id: UInt64, due: Int, arrival: Int = 0, _ groups: inout RequestGroups) {
        groups.insert(RequestID(id), arrival: at(arrival), deadline: at(due))
    }

    private func backlog(_ due: Int, _ count: Int) -> RequestBacklog {
        RequestBacklog(deadline: at(due), count: count)
    }

    private func drain(_ groups: inout RequestGroups) -> [UInt64] {
        var ids: [UInt64] = []
        while let next = groups.popFirst() { ids.append(next.rawValue) }
        return ids
    }

    /// C13: deadlines within the tolerance of a group's first share it, others do not.
    @Test func closeDeadlinesShareAGroup() {
        var groups = RequestGroups(tolerance: .seconds(60))
        for (id, due) in [1000, 1060, 940, 1061, 939, 1030].enumerated() {
            insert(UInt64(id), due: due, &groups)
        }
        #expect(groups.groupCount == 3)
        #expect(groups.backlog == [backlog(939, 1), backlog(940, 4), backlog(1061, 1)])
        #expect(groups.count == 6)
    }

    @Test func theNearerOfTwoGroupsIsJoined() {
        var groups = RequestGroups(tolerance: .seconds(60))
        for (id, due) in [1000, 1100, 1049, 1051, 1050].enumerated() {
            insert(UInt64(id), due: due, &groups)
        }
        #expect(groups.backlog == [backlog(1000, 3), backlog(1051, 2)])
    }

    @Test func deadlinesFirstThenArrivals() {
        var groups = RequestGroups(tolerance: .seconds(60))
        insert(1, due: 5000, arrival: 1, &groups)
        insert(2, due: 1000, arrival: 3, &groups)
        insert(3, due: 990, arrival: 4, &groups)
        insert(4, due: 1010, arrival: 2, &groups)
        #expect(groups.first == RequestID(4))
        #expect(drain(&groups) == [4, 2, 3, 1])
        #expect(groups.isEmpty && groups.groupCount == 0 && groups.first == nil)
    }

    /// Whoever is put back after an eviction has lost no time in the queue.
    @Test func whoComesBackHasItsPlace() {
        var groups = RequestGroups(tolerance: .seconds(60))
        for id in 0..<5 as Range<UInt64> { insert(id, due: 1000, arrival: Int(id), &groups) }
        #expect(groups.popFirst() == RequestID(0))
        #expect(groups.popFirst() == RequestID(1))
        insert(1, due: 1000, arrival: 1, &groups)
        #expect(groups.remove(RequestID(2)) == true)
        insert(2, due: 1000, arrival: 9, &groups)
        #expect(drain(&groups) == [1, 3, 4, 2])
    }

    @Test func whoIsNotThereIsNotRemoved() {
        var groups = RequestGroups(tolerance: .zero)
        #expect(groups.remove(RequestID(7)) == false)
        insert(7, due: 1, &groups)
        #expect(groups.remove(RequestID(7)) == true)
        #expect(groups.remove(RequestID(7)) == false)
        #expect(groups.popFirst() == nil)
        #expect(groups.backlog == [])
    }

    /// C13: however many wait, decisions look at as many groups as there are deadlines.
    @Test func manyRequestsAreFewGroups() {
        var groups = RequestGroups(tolerance: .seconds(60))
        for id in 0..<20_000 {
            insert(UInt64(id), due: 3600 * (1 + id % 5) + id % 60, arrival: id, &groups)
        }
        #expect(groups.groupCount == 5)
        #expect(groups.backlog.map(\.count) == [4000, 4000, 4000, 4000, 4000])
        for id in 0..<20_000 where id % 10 != 0 { groups.remove(RequestID(UInt64(id))) }
        #expect(groups.count == 2000)
        #expect(drain(&groups).count == 2000)
    }

    /// Against lists that are searched from end to end.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func behavesLikePlainLists(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var groups = RequestGroups(tolerance: .seconds(10))
        var model = PlainGroups(tolerance: 10)
        for step in 0..<600 {
            let id = UInt64.random(in: 0..<80, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                guard !model.contains(id) else { continue }
                let due = Int.random(in: 0..<200, using: &random)
                let arrival = Int.random(in: 0..<max(1, step), using: &random)
                insert(id, due: due, arrival: arrival, &groups)
                model.insert(id, due: due, arrival: arrival)
            case 2: #expect(groups.remove(RequestID(id)) == model.remove(id))
            default: #expect(groups.popFirst()?.rawValue == model.popFirst())
            }
            #expect(groups.first?.rawValue == model.first)
            #expect(groups.backlog == model.groups.map { backlog($0.due, $0.members.count) })
            #expect(groups.count == model.groups.reduce(0) { $0 + $1.members.count })
        }
        #expect(groups.isEmpty == model.groups.isEmpty)
    }
}

/// The meaning of `RequestGroups` in the plainest terms.
private struct PlainGroups {
    struct Group {
        var anchor: Int
        var due: Int
        var members: [(arrival: Int, id: UInt64)]
    }

    let tolerance: Int
    var groups: [Group] = []

    init(tolerance: Int) { self.tolerance = tolerance }

    var first: UInt64? { groups.first?.members.first?.id }

    func contains(_ id: UInt64) -> Bool {
        groups.contains { $0.members.contains { $0.id == id } }
    }

    mutating func insert(_ id: UInt64, due: Int, arrival: Int) {
        let near = groups.indices.filter { abs(groups[$0].anchor - due) <= tolerance }
        let best = near.min { abs(groups[$0].anchor - due) < abs(groups[$1].anchor - due) }
        if let best {
            groups[best].due = min(groups[best].due, due)
            groups[best].members.append((arrival, id))
            groups[best].members.sort { $0 < $1 }
        } else {
            groups.append(Group(anchor: due, due: due, members: [(arrival, id)]))
            groups.sort { $0.anchor < $1.anchor }
        }
    }

    mutating func remove(_ id: UInt64) -> Bool {
        guard contains(id) else { return false }
        for group in groups.indices { groups[group].members.removeAll { $0.id == id } }
        groups.removeAll { $0.members.isEmpty }
        return true
    }

    mutating func popFirst() -> UInt64? {
        guard let first else { return nil }
        _ = remove(first)
        return first
    }
}
