internal import Domain

/// When the job of each instance is done: a winner tree, so that the next one is known at once and
/// a change costs O(log instances).
struct JobClock: Sendable {
    /// By instance; `nil` where none is under way.
    private var ends: [EventTime?]
    /// Node 1 is the root, the node `leafCount + instance` a leaf; each names the first below it.
    private var first: [Int32]
    private let leafCount: Int

    init(instances: Int) {
        var count = 1
        while count < instances { count *= 2 }
        leafCount = count
        ends = Array(repeating: nil, count: count)
        first = Array(repeating: 0, count: 2 * count)
        for place in 0..<count { first[count + place] = Int32(place) }
        for node in stride(from: count - 1, to: 0, by: -1) { first[node] = first[2 * node] }
    }

    /// When the next job is done.
    var nextTime: EventTime? { ends[Int(first[1])] }

    /// Whose job that is.
    var next: InstanceID { InstanceID(index: Int(first[1])) }

    mutating func set(_ end: EventTime?, for instance: InstanceID) {
        ends[instance.index] = end
        var node = (leafCount + instance.index) / 2
        while node >= 1 {
            first[node] = earlier(first[2 * node], first[2 * node + 1])
            node /= 2
        }
    }

    private func earlier(_ left: Int32, _ right: Int32) -> Int32 {
        guard let challenger = ends[Int(right)] else { return left }
        guard let holder = ends[Int(left)] else { return right }
        return challenger < holder ? right : left
    }
}
