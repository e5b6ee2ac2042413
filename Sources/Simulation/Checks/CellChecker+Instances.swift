internal import Cluster
internal import Domain
internal import Scheduling

/// Instances that come and go.
extension CellChecker {
    mutating func beginStart(of instance: InstanceID) {
        let watched = instances[instance.index]
        if watched.isPresent || watched.isStarting || watched.isLost {
            fail(.answers, "instance \(instance) is to start and is there, or never will be")
        }
        instances[instance.index].isStarting = true
        startsUnderWay += 1
    }

    /// It comes with the whole model and an empty memory.
    mutating func endStart(of instance: InstanceID, _ failure: String?) {
        guard instances[instance.index].isStarting else {
            fail(.answers, "instance \(instance) has started unasked")
            return
        }
        startsUnderWay -= 1
        instances[instance.index].isStarting = false
        guard failure == nil else { return }
        instances[instance.index] = WatchedInstance(shapes[instance.index], isPresent: true)
    }

    /// Nobody may need anything of it any more.
    mutating func stop(_ instance: InstanceID) {
        let watched = instances[instance.index]
        if !watched.isPresent || watched.isLost {
            fail(.answers, "instance \(instance) is to stop and is not there")
        }
        let isAsked = watched.change != nil || !watched.loads.isEmpty
        let isSource = instances.contains { other in
            other.loads.contains { $0.source == .peer(instance) }
        }
        let isMember = groups.contains { group in
            group?.contains { $0.instance == instance } ?? false
        }
        if isAsked || isSource || isMember || isCopying(instance) {
            fail(.answers, "instance \(instance) is to stop while it is needed")
        }
        instances[instance.index].isPresent = false
    }

    private func isCopying(_ instance: InstanceID) -> Bool {
        transfers.values.contains { transfer in
            transfer.copies.contains {
                $0.from == .instance(instance) || $0.to == .instance(instance)
            }
        }
    }
}
