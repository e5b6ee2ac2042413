internal import Synchronization

/// Notices a client that takes no bytes.
final class WriteWatchdog: Sendable {
    private let timeout: Duration
    /// When the write under way began.
    private let began = Mutex<ContinuousClock.Instant?>(nil)

    init(timeout: Duration) { self.timeout = timeout }

    func writeBegins() { began.withLock { $0 = .now } }

    func writeEnds() { began.withLock { $0 = nil } }

    /// Throws when one write lasts longer than the time-out, up to half of it late.
    func watch() async throws {
        while true {
            try await Task.sleep(for: timeout / 2)
            if let began = began.withLock({ $0 }), began.duration(to: .now) > timeout {
                throw APIError.clientLeft
            }
        }
    }
}
