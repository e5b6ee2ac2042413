internal import Domain

/// How a workload is sent.
package struct LoadSettings: Hashable, Sendable {
    package var server: ServerAddress
    package var apiKey: String?
    package var form: RequestForm
    /// The most requests in flight; `nil`: no limit, an open loop.
    package var maxConcurrency: Int?
    /// For one request, from its origin.
    package var timeout: Duration = .seconds(600)
    /// For the whole run; afterwards nothing is sent and what is in flight has timed out.
    package var maxDuration: Duration?
    /// How long to watch the server after the last outcome.
    package var linger: Duration = .zero
    package var keepsTexts = false
    /// Requests sent and forgotten before the run.
    package var warmups = 0
    /// How often the server is asked for its view.
    package var pollInterval: Duration = .milliseconds(500)

    package init(server: ServerAddress, form: RequestForm) {
        self.server = server
        self.form = form
    }
}

/// How far a run is.
package struct RunProgress: Hashable, Sendable {
    package var ended: Int
    package var inFlight: Int
    package var total: Int
}
