/// The place with the least key of many that change: a winner tree, so that a change costs
/// O(log places) and the least is known at once. Ties go to the lower place.
package struct Tournament<Key: Comparable & Sendable>: Sendable {
    /// By place; `nil` does not take part.
    private var keys: [Key?] = [nil]
    /// Node 1 is the root, the node `leafCount + place` a leaf; each names the best place below.
    private var best = [0, 0]
    private var leafCount: Int { keys.count }

    package init() {}

    package var winner: Int? { keys[best[1]] == nil ? nil : best[1] }

    /// Gives a place a new key, or takes it out. Complexity: O(log places), amortised where the
    /// place is new.
    package mutating func set(_ key: Key?, at place: Int) {
        if place >= leafCount { grow(toHold: place) }
        guard keys[place] != key else { return }
        keys[place] = key
        var node = (leafCount + place) / 2
        while node >= 1 {
            best[node] = better(best[2 * node], best[2 * node + 1])
            node /= 2
        }
    }

    private func better(_ left: Int, _ right: Int) -> Int {
        guard let challenger = keys[right] else { return left }
        guard let holder = keys[left] else { return right }
        return challenger < holder ? right : left
    }

    private mutating func grow(toHold place: Int) {
        var count = leafCount
        while count <= place { count *= 2 }
        keys += Array(repeating: nil, count: count - keys.count)
        best = Array(repeating: 0, count: count) + Array(0..<count)
        for node in (1..<count).reversed() {
            best[node] = better(best[2 * node], best[2 * node + 1])
        }
    }
}
