internal import Domain

/// When the job of each instance is done: a winner tree, so that the next one is known at once and
/// a change costs O(log instances).
struct JobClock: Sendable {
    /// By instance; without a job it is done after all that ever happens.
    private var ends: [EventTime]
    /// Node 1 is the root, the node `leafCount + instance` a leaf; each names the first below it.
    private var first: [Int32]
    private let leafCount: Int

    init(instances: Int) {
        var count = 1
        while count < instances { count *= 2 }
        leafCount = count
        ends = Array(repeating: .never, count: count)
        first = Array(repeating: 0, count: 2 * count)
        for place in 0..<count { first[count + place] = Int32(place) }
        for node in stride(from: count - 1, to: 0, by: -1) { first[node] = first[2 * node] }
    }

    /// When the next job is done.
    var nextTime: EventTime? {
        let end = ends[Int(first[1])]
        return end == .never ? nil : end
    }

    /// Whose job that is.
    var next: InstanceID { InstanceID(index: Int(first[1])) }

    mutating func set(_ end: EventTime?, for instance: InstanceID) {
        ends[instance.index] = end ?? .never
        Self.replay(instance, from: leafCount + instance.index, &first, ends)
    }

    /// Lets the instance of a leaf meet whoever is first on the other side, on the way up. Choices
    /// instead of branches, for nobody foresees who is first.
    private static func replay(
        _ instance: InstanceID, from leaf: Int, _ first: inout [Int32], _ ends: [EventTime]
    ) {
        // One look at whether the array is shared, instead of one for each node.
        var first = first.mutableSpan
        var winner = Int32(instance.rawValue)
        var end = ends[instance.index]
        var node = leaf
        while node > 1 {
            let rival = first[node ^ 1]
            let rivalEnd = ends[Int(rival)]
            let isRivalFirst = rivalEnd < end
            winner = isRivalFirst ? rival : winner
            end = isRivalFirst ? rivalEnd : end
            node >>= 1
            first[node] = winner
        }
    }
}

extension EventTime {
    /// After all that ever happens.
    fileprivate static let never = EventTime(time: Instant(nanoseconds: .max), number: .max)
}
