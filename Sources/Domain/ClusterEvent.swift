/// One entry of the event log: a rare decision, and why it was taken.
package struct ClusterEvent: Hashable, Sendable {
    /// Counts up by one from 1; where a reader left off.
    package var number: UInt64
    /// Since the start of the server.
    package var time: Duration
    /// A stable name in snake case for programs, such as `drop_started`, `drop_finished`,
    /// `exchange_finished`, `restore_started`, `restore_finished`.
    package var kind: String
    /// What happened and why, for people.
    package var message: String

    package init(number: UInt64, time: Duration, kind: String, message: String) {
        self.number = number
        self.time = time
        self.kind = kind
        self.message = message
    }
}
