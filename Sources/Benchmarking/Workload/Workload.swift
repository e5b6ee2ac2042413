/// Requests with their times, ready to be sent.
package struct Workload: Hashable, Sendable {
    /// What it was made from, for the report.
    package var name: String
    /// In order of arrival.
    package var requests: [PlannedRequest]

    package init(name: String, requests: [PlannedRequest]) {
        self.name = name
        self.requests = requests
    }

    /// Requests per second over the time between the first and the last arrival; `nil` when that
    /// time is zero.
    package var meanRate: Double? {
        guard let first = requests.first, let last = requests.last,
            last.arrivalSeconds > first.arrivalSeconds
        else { return nil }
        return Double(requests.count - 1) / (last.arrivalSeconds - first.arrivalSeconds)
    }
}
