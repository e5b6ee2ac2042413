/// OpenAI's `service_tier`. The raw value is the name in the API.
enum ServiceTier: String, Hashable, Sendable, CaseIterable {
    case auto
    case standard = "default"
    /// Slow and cheap: a batch request.
    case flex
    /// Before others: one priority higher than `priority` says.
    case priority

    /// The tier that an answer names: the one that was used.
    var used: ServiceTier { self == .auto ? .standard : self }
}
