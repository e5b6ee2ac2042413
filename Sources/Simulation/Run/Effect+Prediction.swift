internal import Cluster
internal import Domain
internal import Scheduling

extension Effect {
    /// What an answer says of this effect: the decisions of the whole cell, not those about single
    /// sequences. The kinds are those of the event log.
    ///
    /// - Parameter cell: right after the effect.
    func prediction(
        in cell: Cell, at time: @autoclosure () -> Duration
    ) -> WhatIfAnswer.Event? {
        let told: (kind: String, message: String)?
        switch self {
        case .note(let note): told = note.prediction(in: cell)
        case .requestInstances(let count):
            told = ("instances_requested", "\(count) more instances are needed")
        default: return nil
        }
        return told.map { WhatIfAnswer.Event(time: time(), kind: $0.kind, message: $0.message) }
    }
}

extension Note {
    fileprivate func prediction(in cell: Cell) -> (kind: String, message: String)? {
        switch self {
        case .dropStarted(let groups, let target, let bytes, let reason):
            let from = groups.map(\.description).joined(separator: ", ")
            let layers = cell.text(ofStages: target)
            return (
                "drop_started",
                "drop: groups \(from) -> \(target); \(layers); frees \(bytes): \(reason.text)"
            )
        case .dropFinished(let group, let blocks, let duration):
            return (
                "drop_finished",
                "group \(group) serves with \(blocks) more blocks after \(duration.text)"
            )
        case .dropFailed(let group, let reason):
            return ("drop_failed", "group \(group) cannot be formed: \(reason)")
        case .noDropPlan(let needed):
            return ("no_drop_plan", "\(needed) are missing, and no grouping frees enough")
        case .exchangeFinished(let group, let sequences, let bytes, let duration):
            return (
                "exchange_finished",
                "\(sequences) sequences have moved to group \(group), \(bytes) of KV in "
                    + duration.text
            )
        case .restoreStarted(let group, let reason):
            return ("restore_started", "restore: group \(group): \(reason.text)")
        case .restoreFinished(let instances, let duration):
            let members = instances.map(\.description).joined(separator: ", ")
            return (
                "restore_finished", "instances \(members) hold all layers after \(duration.text)"
            )
        case .restoreFailed(let group, let reason):
            return ("restore_failed", "group \(group) goes on as a pipeline: \(reason)")
        case .drainFinished(let instance):
            return ("drain_finished", "instance \(instance) is empty")
        case .instanceLost(let instance, let sequences):
            return (
                "instance_lost",
                "instance \(instance) is gone, and \(sequences) sequences start anew elsewhere"
            )
        default: return scaling
        }
    }

    /// How the number of instances changes.
    private var scaling: (kind: String, message: String)? {
        switch self {
        case .scaleOut(let instances, let reason):
            let members = instances.map(\.description).joined(separator: ", ")
            return ("scale_out", "instances \(members) are started: \(reason)")
        case .scaleIn(let instance, let reason):
            return ("scale_in", "instance \(instance) is emptied: \(reason)")
        case .instanceConverted(let instance, let type, let reason):
            return ("instance_converted", "instance \(instance) is \(type.rawValue) now: \(reason)")
        case .scaleInCalledOff(let instance, let reason):
            let why = reason.map { "\($0)" } ?? "no other is left"
            return ("scale_in_called_off", "instance \(instance) stays: \(why)")
        case .instanceJoined(let instance, let duration):
            return ("instance_joined", "instance \(instance) serves after \(duration.text)")
        case .instanceStartFailed(let instance, let reason):
            return ("instance_start_failed", "instance \(instance) has not started: \(reason)")
        case .instanceStopped(let instance):
            return ("instance_stopped", "instance \(instance) is empty and stopped")
        default: return nil
        }
    }
}

extension Cell {
    /// Who keeps what in a group.
    fileprivate func text(ofStages group: GroupID) -> String {
        guard groups.contains(group) else { return "" }
        return groups[group].stages.map { stage in
            let layers = stage.range.layers
            let last = layers.upperBound - 1
            return layers.count == 1
                ? "instance \(stage.instance) keeps layer \(last)"
                : "instance \(stage.instance) keeps layers \(layers.lowerBound)-\(last)"
        }.joined(separator: ", ")
    }
}

extension Note.DropReason {
    fileprivate var text: String {
        switch self {
        case .overload(let demand, let capacity):
            "sequences need \(demand) blocks of \(capacity)"
        case .command: "an operator asked for it"
        case .configuration: "the policy is a pipeline from the start"
        }
    }
}

extension Note.RestoreReason {
    fileprivate var text: String {
        switch self {
        case .calm(let used, let capacity): "\(used) blocks are in use of \(capacity)"
        case .command: "an operator asked for it"
        }
    }
}

extension Duration {
    /// To the microsecond, in milliseconds, such as `12.5 ms`.
    fileprivate var text: String { "\(Double(nanoseconds / 1000) / 1000) ms" }
}
