package import Domain
package import Scheduling

/// What was measured of one model on one machine: all that planning needs to know of time.
package struct CostProfile: Hashable, Sendable {
    package var model: String
    package var computeType: String
    /// Kernels.
    package var tier: String
    package var threads: Int
    package var maxBatchedTokens: TokenCount
    package var costs: BatchCostModel
    /// The fewest prompt tokens whose rate is within 10 % of the best one.
    package var minTokens: TokenCount
    /// That best rate.
    package var promptTokensPerSecond: Double
    /// From the memory of one instance to that of another.
    package var copyBytesPerSecond: Double
    package var errors: Errors

    /// All on steps that no coefficient was fitted to.
    package struct Errors: Hashable, Sendable {
        package var prompt: CostError
        /// Of a model that only counts tokens, on the same steps.
        package var blindPrompt: CostError
        package var decode: CostError
        package var mixed: CostError

        package init(
            prompt: CostError, blindPrompt: CostError, decode: CostError, mixed: CostError
        ) {
            self.prompt = prompt
            self.blindPrompt = blindPrompt
            self.decode = decode
            self.mixed = mixed
        }
    }

    package init(
        model: String, computeType: String, tier: String, threads: Int,
        maxBatchedTokens: TokenCount, costs: BatchCostModel, minTokens: TokenCount,
        promptTokensPerSecond: Double, copyBytesPerSecond: Double, errors: Errors
    ) {
        self.model = model
        self.computeType = computeType
        self.tier = tier
        self.threads = threads
        self.maxBatchedTokens = maxBatchedTokens
        self.costs = costs
        self.minTokens = minTokens
        self.promptTokensPerSecond = promptTokensPerSecond
        self.copyBytesPerSecond = copyBytesPerSecond
        self.errors = errors
    }
}
