internal import Domain

/// How many of a group's sequences, running and waiting, are of a special kind.
struct GroupTally: Hashable, Sendable {
    /// Others make room for them.
    var highPriority = 0
    /// They make room for others.
    var batch = 0
    /// Spans that the latter held when the monitor looked last.
    var lentBlocks: BlockCount = 0

    var isEmpty: Bool { highPriority == 0 && batch == 0 }
}
