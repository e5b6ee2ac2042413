package import Domain

/// Which way bytes go. Every instance has four ports: into and out of the network, and into and
/// out of it from its host's side.
package enum Route: Hashable, Sendable {
    case network(from: InstanceID, to: InstanceID)
    case toHost(from: InstanceID)
    case fromHost(to: InstanceID)
    /// From the model's files, over the link to the host.
    case fromFile(to: InstanceID)
}

/// The ports that one movement takes: nothing else passes through them meanwhile.
struct PortPair: Hashable, Sendable {
    /// Where it queues: the receiver's port, or the sender's if the receiver has none.
    let main: Int
    /// The sender's port, if the receiver has one too.
    let other: Int?

    static let portsPerInstance = 4

    init(main: Int, other: Int?) { (self.main, self.other) = (main, other) }

    init(_ route: Route) {
        switch route {
        case .network(let sender, let receiver):
            main = Self.port(.networkIn, of: receiver)
            other = Self.port(.networkOut, of: sender)
        case .toHost(let sender): (main, other) = (Self.port(.hostOut, of: sender), nil)
        case .fromHost(let receiver), .fromFile(let receiver):
            (main, other) = (Self.port(.hostIn, of: receiver), nil)
        }
    }

    func forEach(_ body: (_ port: Int) -> Void) {
        body(main)
        if let other { body(other) }
    }

    func allSatisfy(_ condition: (_ port: Int) -> Bool) -> Bool {
        condition(main) && other.map(condition) ?? true
    }

    private enum Kind: Int {
        case networkIn, networkOut, hostIn, hostOut
    }

    private static func port(_ kind: Kind, of instance: InstanceID) -> Int {
        instance.index * portsPerInstance + kind.rawValue
    }
}
