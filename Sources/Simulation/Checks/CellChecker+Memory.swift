internal import Cluster
internal import Domain
internal import Scheduling

/// One instance as its memory changes, loads and steps make it.
struct WatchedInstance: Sendable {
    var memory: MirroredMemory
    /// As it was before the last change, which may still be taken back.
    var unsettled: MirroredMemory?
    /// Asked for and not answered.
    var change: MemoryChange?
    /// Asked for and not answered, in order.
    var loads: [(units: [ParameterUnit], source: UnitSource)] = []
    var use = BlockUse()
    /// It is gone for good.
    var isLost = false
    /// It has been asked to start, and nobody has heard of it since.
    var isStarting = false
    /// It is there, or was until it was lost.
    var isPresent: Bool

    init(_ shape: InstanceMemoryShape, isPresent: Bool) {
        memory = MirroredMemory(shape)
        self.isPresent = isPresent
    }

    /// Whether the cell and the instance must agree on the pages.
    var isSettled: Bool { change == nil && unsettled == nil }
}

/// Pages, parameters and loads.
extension CellChecker {
    mutating func begin(_ change: MemoryChange, of instance: InstanceID) {
        let index = instance.index
        if !instances[index].isSettled {
            fail(.pages, "instance \(instance) is to change its memory twice at once")
        }
        for move in change.moves {
            for block in [move.source, move.target] where instances[index].use.isUsed(block) {
                fail(.blocks, "block \(block) of instance \(instance) moves while it is used")
            }
        }
        instances[index].change = change
        changesUnderWay += 1
    }

    mutating func endChange(of instance: InstanceID, _ failure: String?) {
        guard let change = instances[instance.index].change.take() else {
            fail(.answers, "instance \(instance) has changed its memory unasked")
            return
        }
        changesUnderWay -= 1
        guard failure == nil else { return }
        checkReaders(of: change.dropped, in: instance)
        instances[instance.index].unsettled = instances[instance.index].memory
        if let wrong = instances[instance.index].memory.apply(change) {
            fail(.pages, "instance \(instance): \(wrong)")
        }
    }

    /// Nobody loads from an instance what it gives up.
    private mutating func checkReaders(of dropped: [ParameterUnit], in instance: InstanceID) {
        for (index, other) in instances.enumerated() {
            for load in other.loads where load.source == .peer(instance) {
                let lost = load.units.first { dropped.contains($0) }
                guard let lost else { continue }
                fail(.pages, "instance \(instance) drops \(lost), which \(index) loads from it")
            }
        }
    }

    mutating func undoChange(of instance: InstanceID) {
        guard let before = instances[instance.index].unsettled.take() else {
            fail(.pages, "instance \(instance) has no change to take back")
            return
        }
        instances[instance.index].memory = before
    }

    /// To settle what has been settled changes nothing.
    mutating func settleChange(of instance: InstanceID) {
        if instances[instance.index].change != nil {
            fail(.pages, "instance \(instance) is to settle a change that is under way")
        }
        instances[instance.index].unsettled = nil
    }

    mutating func begin(
        _ units: [ParameterUnit], into instance: InstanceID, from source: UnitSource
    ) {
        if case .peer(let peer) = source {
            let missing = units.first { instances[peer.index].memory.state(of: $0) != .loaded }
            if let missing {
                fail(.pages, "instance \(instance) loads \(missing) from \(peer), which lacks it")
            }
        }
        instances[instance.index].loads.append((units, source))
        loadsUnderWay += 1
    }

    mutating func endLoad(into instance: InstanceID, _ failure: String?) {
        guard !instances[instance.index].loads.isEmpty else {
            fail(.answers, "instance \(instance) has loaded something unasked")
            return
        }
        let load = instances[instance.index].loads.removeFirst()
        loadsUnderWay -= 1
        guard failure == nil else { return }
        if let wrong = instances[instance.index].memory.load(load.units) {
            fail(.pages, "instance \(instance): \(wrong)")
        }
    }

    /// Nobody answers for the instance any more, nor for the steps of its groups.
    mutating func lose(_ instance: InstanceID) {
        instances[instance.index].isLost = true
        if instances[instance.index].change.take() != nil { changesUnderWay -= 1 }
        if instances[instance.index].isStarting { startsUnderWay -= 1 }
        instances[instance.index].isStarting = false
        loadsUnderWay -= instances[instance.index].loads.count
        instances[instance.index].loads.removeAll()
        abandonSteps(through: instance)
    }

    mutating func checkPages(_ cell: Cell) {
        for (index, instance) in instances.enumerated()
        where instance.isSettled && !instance.isLost {
            let difference = instance.memory.difference(
                from: cell.memories[index], blocks: cell.stores[index].capacity)
            if let difference { fail(.pages, "instance \(index) has \(difference)") }
        }
    }
}
