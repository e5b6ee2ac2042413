internal import Domain

/// What both completion endpoints accept about how to generate. Absent members are `nil`, so
/// that the model's own defaults can stand in.
struct GenerationOptions: Hashable, Sendable {
    var temperature: Float?
    var topP: Float?
    /// 0 and -1 are off.
    var topK: Int?
    var minP: Float?
    var frequencyPenalty: Float?
    var presencePenalty: Float?
    var repetitionPenalty: Float?
    var seed: UInt64?
    var logitBias: [SamplingParameters.LogitBias] = []

    var maxTokens: TokenCount?
    var minTokens: TokenCount = 0
    var stop: [String] = []
    var includeStopInOutput = false
    var stopTokens: [TokenID] = []
    var ignoreEndOfSequence = false

    /// Choices per prompt.
    var choices = 1
    /// Lower is served first.
    var priority = 0
    /// How soon and how fast the answer is to come; `nil` promises nothing.
    var objective: ServiceLevelObjective?
    /// As asked for; an answer names it only then.
    var serviceTier: ServiceTier?
    var skipSpecialTokens = true
    var returnTokenIDs = false
    var stream: StreamOptions?

    init() {}
}

/// Present when the answer is to be streamed.
struct StreamOptions: Hashable, Sendable {
    /// A last chunk with the usage.
    var includeUsage = false
    /// The usage so far in every chunk.
    var continuousUsage = false
}
