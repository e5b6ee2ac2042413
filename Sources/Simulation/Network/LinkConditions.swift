package import Domain

/// Which links of the network are meant; both directions of each.
package enum LinkEnds: Hashable, Sendable {
    case all
    case pair(InstanceID, InstanceID)

    func contains(_ sender: InstanceID, _ receiver: InstanceID) -> Bool {
        switch self {
        case .all: true
        case .pair(let one, let another):
            (sender, receiver) == (one, another) || (sender, receiver) == (another, one)
        }
    }
}

/// What is wrong with a link.
package enum LinkTrouble: Hashable, Sendable {
    /// It takes so many times as long.
    case slow(Double)
    /// Nothing gets through.
    case lost
}

/// What is wrong with the links at present. Few things are at once.
struct LinkConditions: Sendable {
    private struct Entry: Sendable {
        let number: Int
        let ends: LinkEnds
        let trouble: LinkTrouble
    }

    private var entries: [Entry] = []
    /// Instances that nothing reaches any more.
    private var gone: [InstanceID] = []

    mutating func begin(_ trouble: LinkTrouble, on ends: LinkEnds, number: Int) {
        entries.append(Entry(number: number, ends: ends, trouble: trouble))
    }

    mutating func end(number: Int) { entries.removeAll { $0.number == number } }

    mutating func cutOff(_ instance: InstanceID) { gone.append(instance) }

    /// Whether one of its ends is gone.
    func isGone(_ route: Route) -> Bool {
        guard !gone.isEmpty else { return false }
        switch route {
        case .network(let sender, let receiver):
            return gone.contains(sender) || gone.contains(receiver)
        case .toHost(let instance), .fromHost(let instance), .fromFile(let instance):
            return gone.contains(instance)
        }
    }

    /// Complexity: O(troubles).
    func isLost(_ route: Route) -> Bool {
        if isGone(route) { return true }
        guard !entries.isEmpty, case .network(let sender, let receiver) = route else {
            return false
        }
        return entries.contains { $0.trouble == .lost && $0.ends.contains(sender, receiver) }
    }

    /// How many times as long everything takes. Complexity: O(troubles).
    func slowness(_ route: Route) -> Double {
        guard !entries.isEmpty, case .network(let sender, let receiver) = route else { return 1 }
        return entries.reduce(1) { product, entry in
            guard case .slow(let factor) = entry.trouble, entry.ends.contains(sender, receiver)
            else { return product }
            return product * max(factor, 1)
        }
    }
}
