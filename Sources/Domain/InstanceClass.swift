/// What an instance is for. The raw value is the name in the API.
package enum InstanceClass: String, Hashable, Sendable, CaseIterable {
    case interactive
    /// Interactive requests first; batch requests in the room that they leave.
    case mixed
    case batch

    /// Classes in the order in which a request tries them: its own, then mixed. An interactive
    /// request never runs on a batch instance, nor the other way round (Chiron's preferential
    /// routing).
    package static func preferences(for service: ServiceClass) -> [InstanceClass] {
        switch service {
        case .interactive: [.interactive, .mixed]
        case .batch: [.batch, .mixed]
        }
    }

    package func serves(_ service: ServiceClass) -> Bool {
        self == .mixed || self == (service == .batch ? .batch : .interactive)
    }
}
