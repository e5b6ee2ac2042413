import Domain

extension GenerationRequest {
    /// A request whose prompt differs from those of other numbers; nothing but its length ends it.
    static func numbered(
        _ id: UInt64, prompt: Int, maxTokens: Int, priority: Int = 0
    ) -> GenerationRequest {
        GenerationRequest(
            id: RequestID(id), prompt: (0..<prompt).map { TokenID(UInt32(($0 + Int(id)) % 50)) },
            sampling: SamplingParameters(), stop: StopConditions(maxTokens: maxTokens),
            priority: priority)
    }
}
