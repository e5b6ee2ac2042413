package import Domain

/// A request that comes at its time, whatever the cluster does. Its prompt has a length and, as far
/// as it begins like others, a beginning; nothing else of it matters to a simulation.
package struct SimulatedArrival: Hashable, Sendable {
    /// Counted from the start of the run.
    package var time: Duration
    /// Prompt tokens. A prompt without tokens is turned away, as by a server.
    package var inputTokens: TokenCount
    /// Tokens to generate, at least 1.
    package var outputTokens: TokenCount
    /// Lower values are served first where the queue is ordered by priority.
    package var priority = 0
    /// What it has in common with other prompts.
    package var prefix: SharedPrefix?
    /// What was promised of it.
    package var serviceClass: ServicePromise?

    /// The first tokens of all prompts that name the same beginning.
    package struct SharedPrefix: Hashable, Sendable {
        /// Which beginning.
        package var number: Int
        /// How many tokens of it, at most the whole prompt.
        package var tokens: TokenCount

        package init(number: Int, tokens: TokenCount) {
            self.number = number
            self.tokens = tokens
        }
    }

    package init(
        time: Duration, inputTokens: TokenCount, outputTokens: TokenCount, priority: Int = 0,
        prefix: SharedPrefix? = nil, serviceClass: ServicePromise? = nil
    ) {
        self.time = time
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.priority = priority
        self.prefix = prefix
        self.serviceClass = serviceClass
    }

    /// Those that it is looked at with.
    package var cohort: RequestCohort {
        get { RequestCohort(priority: priority, serviceClass) }
        set { (priority, serviceClass) = (newValue.priority, newValue.serviceClass) }
    }
}
