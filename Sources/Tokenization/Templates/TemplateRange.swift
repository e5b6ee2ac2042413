/// The numbers from `start` by `step`, as Python's `range`; `count` of them.
struct TemplateRange: Equatable {
    let start: Int
    let step: Int
    let count: Int
    /// As it was written, for `str`.
    let stop: Int

    /// Fails where a number on the way does not fit.
    init?(start: Int, stop: Int, step: Int) {
        let (distance, overflow) = stop.subtractingReportingOverflow(start)
        guard !overflow, step != 0, step != .min else { return nil }
        self.start = start
        self.stop = stop
        self.step = step
        if step > 0 {
            count = distance <= 0 ? 0 : (distance - 1) / step + 1
        } else {
            count = distance >= 0 ? 0 : (distance + 1) / step + 1
        }
    }

    /// The number at `index`, which is below `count`.
    subscript(index: Int) -> Int { start &+ index &* step }

    var values: [TemplateValue] { (0..<count).map { .int(self[$0]) } }

    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count
            && (left.count == 0
                || left.start == right.start && (left.count == 1 || left.step == right.step))
    }
}
