/// The bounds of a slice as Python reads them: negative ones count from the end, all are clamped.
struct TemplateSlice {
    var start: Int?
    var stop: Int?
    var step: Int?

    /// The first index, the end and the step within `count` elements. `step` is not zero.
    func bounds(count: Int) -> (first: Int, end: Int, step: Int) {
        // A longer step reaches no further element, and could overflow.
        let step = min(max(step ?? 1, -count - 1), count + 1)
        let low = step > 0 ? 0 : -1
        let high = step > 0 ? count : count - 1
        func clamped(_ bound: Int) -> Int {
            let place = bound < 0 ? max(bound, -count - 1) + count : bound
            return min(max(place, low), high)
        }
        let first = start.map(clamped) ?? (step > 0 ? low : high)
        let end = stop.map(clamped) ?? (step > 0 ? high : low)
        return (first, end, step)
    }

    /// The indices within `count` elements. `step` is not zero.
    func indices(count: Int) -> [Int] {
        let (first, end, step) = bounds(count: count)
        return Array(stride(from: first, to: end, by: step))
    }

    /// The range between the bounds; `nil` where `start` is past `stop` or the end, which Python's
    /// searches treat apart from an empty range.
    func range(count: Int) -> Range<Int>? {
        func place(_ bound: Int) -> Int { bound < 0 ? max(0, max(bound, -count) + count) : bound }
        let low = place(start ?? 0)
        let high = min(place(stop ?? count), count)
        return low <= high ? low..<high : nil
    }
}
