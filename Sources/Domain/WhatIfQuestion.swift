/// Requests that might come: what would become of them, starting from the present state?
package struct WhatIfQuestion: Hashable, Sendable {
    /// In the order of their times; never empty.
    package var arrivals: [Arrival]
    /// How far to look, counted from now; `nil` looks until every request has ended.
    package var horizon: Duration?

    /// One imagined request.
    package struct Arrival: Hashable, Sendable {
        /// Counted from now.
        package var time: Duration
        /// Prompt tokens, at least 1.
        package var inputTokens: TokenCount
        /// Tokens to generate, at least 1.
        package var outputTokens: TokenCount

        package init(time: Duration, inputTokens: TokenCount, outputTokens: TokenCount) {
            self.time = time
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }
    }

    package init(arrivals: [Arrival], horizon: Duration? = nil) {
        self.arrivals = arrivals
        self.horizon = horizon
    }
}
