internal import Cluster
internal import Domain

extension VirtualCluster {
    /// Lets a fault begin or end.
    mutating func takeFault() {
        switch faults.next() {
        case nil: break
        case .began(let number, .slowLink(let ends, let factor, _)):
            network.begin(.slow(factor), on: ends, number: number, at: now)
        case .began(let number, .lostLink(let ends, _)):
            network.begin(.lost, on: ends, number: number, at: now)
        case .began(_, .death(let instance)): performDeath(of: instance)
        case .began: break
        case .ended(let number): network.end(number: number, at: now)
        }
    }

    /// The instance never answers again: its jobs are gone, and so is every step that would have
    /// passed it. Whatever else needs it fails.
    private mutating func performDeath(of instance: InstanceID) {
        guard instance.index < instances.count, !instances[instance.index].isDead else { return }
        lastWork = now
        instances[instance.index].die()
        network.cutOff(instance, at: now)
        handle(.instanceLost(instance))
    }
}
