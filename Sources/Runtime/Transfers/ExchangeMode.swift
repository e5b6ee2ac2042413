/// How transfers share an instance with its steps.
package enum ExchangeMode: String, Hashable, Sendable, CaseIterable {
    /// In pieces of about one step's time, between steps.
    case coordinated
    /// A whole transfer at once, ahead of steps: what coordination is compared with.
    case blocking
}
