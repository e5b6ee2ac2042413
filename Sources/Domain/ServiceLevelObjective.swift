/// How soon and how fast a request is to be answered: both times together (Chiron's definition).
package struct ServiceLevelObjective: Hashable, Sendable {
    package var serviceClass: ServiceClass
    /// From the request's arrival to its first token (TTFT).
    package var timeToFirstToken: Duration
    /// Between two tokens after the first, on average over the request (ITL).
    package var interTokenLatency: Duration

    /// Times that are not given are those of the class.
    ///
    /// The defaults are our own choice, since those of Chiron's evaluation could not be verified:
    /// a chat that begins within 10 s and is read at 5 tokens a second; a batch that begins within
    /// the hour and then advances, at one token in 2 s, however full its instance is.
    package init(
        _ serviceClass: ServiceClass, timeToFirstToken: Duration? = nil,
        interTokenLatency: Duration? = nil
    ) {
        self.serviceClass = serviceClass
        switch serviceClass {
        case .interactive:
            self.timeToFirstToken = timeToFirstToken ?? .seconds(10)
            self.interTokenLatency = interTokenLatency ?? .milliseconds(200)
        case .batch:
            self.timeToFirstToken = timeToFirstToken ?? .seconds(3600)
            self.interTokenLatency = interTokenLatency ?? .seconds(2)
        }
    }

    /// When the first token is due.
    package func deadline(arrival: Instant) -> Instant { arrival + timeToFirstToken }

    /// Whether an answer met both times.
    ///
    /// - Parameter interTokenLatency: `nil` for an answer of one token, which has none.
    package func isMet(timeToFirstToken: Duration, interTokenLatency: Duration?) -> Bool {
        timeToFirstToken <= self.timeToFirstToken
            && interTokenLatency.map { $0 <= self.interTokenLatency } ?? true
    }
}
