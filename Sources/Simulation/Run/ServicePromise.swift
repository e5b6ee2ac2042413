package import Domain

/// What some requests are for, and how soon their senders want to see something of them: chats at
/// once, batches within an hour (Chiron §2.2).
package struct ServicePromise: Hashable, Sendable {
    package var name: String
    /// Time to the first token, as a client sees it; `nil` for whenever.
    package var ttft: Duration?
    /// Mean time between tokens after the first, of each request.
    package var itl: Duration?

    package init(_ name: String, ttft: Duration? = nil, itl: Duration? = nil) {
        self.name = name
        self.ttft = ttft
        self.itl = itl
    }

    /// What a cell is told of it: a class of any name but that of batch requests is interactive.
    package var objective: ServiceLevelObjective {
        ServiceLevelObjective(
            ServiceClass(rawValue: name) ?? .interactive, timeToFirstToken: ttft,
            interTokenLatency: itl)
    }
}
