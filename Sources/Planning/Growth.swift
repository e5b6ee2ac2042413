internal import Domain

/// How fast a number of blocks grows: the slope of what was noted, averaged with weights that fall
/// off exponentially with age. Every operation is O(1).
struct Growth: Sendable {
    /// Age at which a slope counts a third (1/e) of a new one.
    let time: Duration
    private var perSecond = 0.0
    private var last: (at: Instant, count: BlockCount)?

    init(over time: Duration) {
        self.time = max(time, .milliseconds(1))
    }

    mutating func note(_ count: BlockCount, at now: Instant) {
        defer { last = (now, count) }
        guard let last, now > last.at else { return }
        let seconds = (now - last.at) / .seconds(1)
        let slope = Double(count - last.count) / seconds
        let share = min(1, (now - last.at) / time)
        perSecond += share * (slope - perSecond)
    }

    /// What comes on top within `horizon`; nothing while the number falls.
    func expected(within horizon: Duration) -> BlockCount {
        let blocks = perSecond * (horizon / .seconds(1))
        return blocks > 0 ? BlockCount(min(blocks, Double(Int32.max))) : 0
    }
}
