internal import Cluster
internal import Domain

/// How many instances were there or starting, and when: what a cluster is paid for.
struct InstanceTimeline: Sendable {
    private var changes: [(time: Instant, count: Int)] = []

    init(_ roster: InstanceRoster, at start: Instant) { note(roster, at: start) }

    /// Complexity: O(instances).
    mutating func note(_ roster: InstanceRoster, at now: Instant) {
        changes.append((now, roster.presences.count { $0 != .absent }))
    }

    /// The sum of all instances' times until `end`. Complexity: O(changes).
    func time(until end: Instant) -> Duration {
        var total = Duration.zero
        for (place, change) in changes.enumerated() where change.time < end {
            let next = place + 1 < changes.count ? min(changes[place + 1].time, end) : end
            total += (next - change.time) * change.count
        }
        return total
    }
}
