package import Domain

/// What the gateway records.
extension ServerMetrics {
    /// A request was answered. `path` is one of the server's routes, never the client's text.
    package func recordHTTPRequest(path: String, status: Int) {
        httpRequests.increment(["path": path, "status": String(status)])
    }

    /// The parameters of an accepted request.
    package func recordParameters(choices: Int, maxTokens: TokenCount) {
        sizes.choices.observe(Double(choices))
        sizes.maxTokens.observe(Double(maxTokens))
    }
}
