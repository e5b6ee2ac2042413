internal import Cluster
package import Domain
internal import Synchronization

extension CellRuntime {
    package var load: (running: Int, waiting: Int) {
        state.withLock { ($0.cell.runningCount, $0.cell.waitingCount) }
    }

    /// The present state, to look into the future with.
    package var moment: CellMoment {
        state.withLock {
            CellMoment(cell: $0.cell, outstanding: $0.outstanding.effects, now: Self.now)
        }
    }

    /// The entries of the event log with a number above `number`, as far as they are kept.
    package func events(after number: UInt64) -> [ClusterEvent] { log.events(after: number) }

    /// Asks the cell for something now, and says what it begins or why it does not.
    package func command(_ command: OperatorCommand) -> CommandOutcome {
        switch command {
        case .drop(let bytes): ask(.drop(freeing: bytes))
        case .restore: ask(.restore)
        case .drain(let instance): ask(.drain(instance), about: instance)
        case .addInstances(let count): ask(.addInstances(count))
        case .removeInstance(let instance): ask(.removeInstance(instance), about: instance)
        }
    }

    private func ask(_ command: Command) -> CommandOutcome {
        let performer = state.withLock { handle(.command(command), &$0) }
        if let refusal = performer.refusal { return .refused(refusal) }
        if let (_, reason) = performer.refusedStarts.first { return .refused(reason) }
        return .accepted(
            performer.decisions.joined(separator: "; "), starting: performer.started)
    }

    private func ask(_ command: Command, about instance: InstanceID) -> CommandOutcome {
        guard instance.index < instanceCapacity else {
            return .refused("there is no instance \(instance)")
        }
        return ask(command)
    }
}
