internal import Cluster
internal import Domain

/// Instances that start: first the machine and its process, then the model from its files, which
/// takes what every load from there takes.
extension VirtualCluster {
    mutating func setUp(_ instance: InstanceID) {
        instances[instance.index].loadStart = now
        events.push(.setUp(instance), at: now + costs.instanceStart)
    }

    mutating func loadModel(into instance: InstanceID) {
        lastWork = now
        guard !instances[instance.index].isDead else { return }
        let bytes = cell.memories[instance.index].shape.modelBytes
        network.send(
            .start(instance), bytes, over: .fromFile(to: instance), isUrgent: false, at: now)
    }

    mutating func finishStart(of instance: InstanceID, _ failure: String?) {
        guard !instances[instance.index].isDead else { return }
        let bytes = cell.memories[instance.index].shape.modelBytes
        log(.load(bytes), on: instance, since: instances[instance.index].loadStart)
        let failure = failure ?? faults.failure(of: .load(into: instance))
        report(.instanceJoined(instance, failure: failure), from: instance)
    }
}
