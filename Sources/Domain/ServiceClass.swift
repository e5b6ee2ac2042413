/// What an answer is for. The raw value is the name in the API.
package enum ServiceClass: String, Hashable, Sendable, CaseIterable {
    /// Somebody waits for it: seconds count.
    case interactive
    /// A program collects it: minutes to hours.
    case batch
}
