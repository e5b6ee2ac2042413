package import Domain

/// What waits in one group.
package struct RequestBacklog: Hashable, Sendable {
    /// The earliest that one of its requests has had.
    package var deadline: Instant
    package var count: Int

    package init(deadline: Instant, count: Int) {
        self.deadline = deadline
        self.count = count
    }
}
