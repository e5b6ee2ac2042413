package import Domain
package import Planning
package import Scheduling

/// What a cell is made of and by which rules it decides.
package struct CellConfiguration: Hashable, Sendable {
    package var scheduler: SchedulerConfiguration
    package var dispatch: DispatchPolicy = .leastRequests
    /// Tokens at or above it are not in the vocabulary.
    package var vocabularySize: Int
    /// By instance: how many KV blocks it has. Each instance starts as a group of one.
    package var blockCounts: [BlockCount]

    package init(
        scheduler: SchedulerConfiguration, vocabularySize: Int, blockCounts: [BlockCount]
    ) {
        self.scheduler = scheduler
        self.vocabularySize = vocabularySize
        self.blockCounts = blockCounts
    }
}
