internal import Domain

/// How many of a group's sequences, running and waiting, are of a special kind.
struct GroupTally: Hashable, Sendable {
    /// Others make room for them.
    var highPriority = 0
    /// They make room for others, and the others they make it for, where requests have classes.
    var batch = 0
    var interactive = 0
    /// Spans that the latter held when the monitor looked last.
    var lentBlocks: BlockCount = 0
}
