internal import Cluster
internal import Domain
internal import Planning

/// The event log's words for the cell's notes.
extension Note {
    /// A stable name for programs.
    var kind: String {
        switch self {
        case .preempted: "preempted"
        case .cancelledUnknown: "cancelled_unknown"
        case .dropStarted: "drop_started"
        case .dropFinished: "drop_finished"
        case .dropFailed: "drop_failed"
        case .noDropPlan: "no_drop_plan"
        case .exchangeFinished: "exchange_finished"
        case .reclaimed: "reclaimed"
        case .restoreStarted: "restore_started"
        case .restoreFinished: "restore_finished"
        case .restoreFailed: "restore_failed"
        case .loadedFromFile: "loaded_from_file"
        case .relocated: "relocated"
        case .relocationAborted: "relocation_aborted"
        case .swappedOut: "swapped_out"
        case .swappedIn: "swapped_in"
        case .drainStarted: "drain_started"
        case .drainFinished: "drain_finished"
        case .commandRefused: "command_refused"
        case .instanceLost: "instance_lost"
        case .scaleOut: "scale_out"
        case .scaleIn: "scale_in"
        case .instanceConverted: "instance_converted"
        case .scaleInCalledOff: "scale_in_called_off"
        case .instanceJoined: "instance_joined"
        case .instanceStartFailed: "instance_start_failed"
        case .instanceStopped: "instance_stopped"
        case .lateStep: "late_step"
        }
    }

    /// Whether it is about one sequence, as hundreds are in an overload.
    var isAboutSequence: Bool {
        switch self {
        case .preempted, .cancelledUnknown, .relocated, .relocationAborted, .swappedOut,
            .swappedIn, .reclaimed, .lateStep:
            true
        default: false
        }
    }

    /// What happened and why, in one line.
    var message: String {
        switch self {
        case .preempted(let sequence, let lost):
            "sequence \(sequence) gave its blocks back and recomputes \(lost) tokens"
        case .cancelledUnknown(let request):
            "request \(request) was cancelled after it had ended"
        case .relocated(let sequence, let from, let to, let bytes, let stalled):
            "sequence \(sequence) went from group \(from) to group \(to) with \(bytes) of KV "
                + "and stood still for \(stalled.text)"
        case .relocationAborted(let sequence, let reason):
            "sequence \(sequence) was not moved: \(reason.text)"
        case .swappedOut(let sequence, let blocks):
            "sequence \(sequence) waits in host memory with \(blocks) blocks"
        case .swappedIn(let sequence, let blocks, let waited):
            "sequence \(sequence) is back with \(blocks) blocks after \(waited.text)"
        case .drainStarted(let instance):
            "instance \(instance) takes nothing new, and what it has moves away"
        case .drainFinished(let instance): "instance \(instance) is empty"
        case .instanceLost(let instance, let sequences):
            "instance \(instance) is gone, and \(sequences) sequences start anew elsewhere"
        case .scaleOut(let instances, let reason):
            (instances.count == 1 ? "instance" : "instances") + " \(instances.text) "
                + (instances.count == 1 ? "is" : "are") + " ordered: \(reason.text)"
        case .scaleIn(let instance, let reason):
            "instance \(instance) is emptied and stopped: \(reason.text)"
        case .instanceConverted(let instance, let type, let reason):
            "instance \(instance) is for \(type.rawValue) requests now: \(reason.text)"
        case .scaleInCalledOff(let instance, let reason):
            "instance \(instance) stays: \(reason?.text ?? "no other is left")"
        case .instanceJoined(let instance, let duration):
            "instance \(instance) serves after \(duration.text)"
        case .instanceStartFailed(let instance, let reason):
            "instance \(instance) could not be started: \(reason)"
        case .instanceStopped(let instance): "instance \(instance) is empty and stopped"
        case .lateStep(let step): "step \(step) ended after its group had lost a member"
        case .commandRefused(let command, let reason):
            "\(command.text) refused: \(reason)"
        case .dropStarted(let groups, let target, let bytes, let reason):
            "groups \(groups.text) become group \(target), which frees \(bytes) of parameters: "
                + reason.text
        case .dropFinished(let group, let blocks, let duration):
            "group \(group) serves with \(blocks) more blocks after \(duration.text)"
        case .dropFailed(let group, let reason):
            "group \(group) was not formed and every instance keeps its parameters: \(reason)"
        case .noDropPlan(let needed):
            "demand exceeds the memory by \(needed), and no grouping frees enough"
        case .exchangeFinished(let group, let sequences, let bytes, let duration):
            "\(sequences) sequences moved to group \(group) with \(bytes) of KV in \(duration.text)"
        case .reclaimed(let instance, let blocks):
            "instance \(instance) turned KV that it no longer executes into \(blocks) blocks"
        case .restoreStarted(let group, let reason):
            "group \(group) gets its parameters back: \(reason.text)"
        case .restoreFinished(let instances, let duration):
            "instances \(instances.text) serve alone again after \(duration.text)"
        case .restoreFailed(let group, let reason):
            "group \(group) goes on as a pipeline: \(reason)"
        case .loadedFromFile(let instance, let reason):
            "instance \(instance) reads parameters from the model's files: \(reason)"
        }
    }
}

extension Note.DropReason {
    fileprivate var text: String {
        switch self {
        case .overload(let demand, let capacity):
            "sequences need \(demand) blocks and there are \(capacity)"
        case .command: "an operator asked for it"
        case .configuration: "the policy is a pipeline from the start"
        }
    }
}

extension Note.RestoreReason {
    fileprivate var text: String {
        switch self {
        case .calm(let used, let capacity):
            "\(used) blocks are in use of the \(capacity) there are without the drop"
        case .command: "an operator asked for it"
        }
    }
}

extension Note.RelocationAbort {
    fileprivate var text: String {
        switch self {
        case .noRoom: "there was no room at its destination"
        case .transferFailed(let reason): reason
        }
    }
}

extension ScalingReason {
    fileprivate var text: String {
        switch self {
        case .belowMinimum: "there must be more"
        case .tooLittleHeadroom(let wanted): "\(wanted) have room for a burst"
        case .tooMuchHeadroom(let wanted): "\(wanted) have room for a burst, for long"
        case .deadlines(let groups): "\(groups) groups of requests would miss their deadlines"
        case .noBatchWork: "no batch request is left"
        case .overload(let wanted):
            "parameters are dropped until \(wanted) more can take what is too much"
        case .command: "an operator asked for it"
        case .freenessLow: "the average freeness is below its band"
        case .freenessHigh: "the average freeness is above its band"
        case .packedFull(let waiting): "\(waiting) requests wait for memory"
        case .leftEmpty: "packing has left it empty"
        }
    }
}

extension Command {
    fileprivate var text: String {
        switch self {
        case .drop(let bytes): bytes.map { "a drop that frees \($0)" } ?? "a drop"
        case .restore: "a restore"
        case .drain(let instance): "draining instance \(instance)"
        case .addInstances(let count): "starting \(count) more instances"
        case .removeInstance(let instance): "removing instance \(instance)"
        }
    }
}

extension Array where Element: CustomStringConvertible {
    /// `0, 1 and 2`.
    fileprivate var text: String {
        guard count > 1, let last else { return first?.description ?? "none" }
        return dropLast().map(\.description).joined(separator: ", ") + " and \(last)"
    }
}

extension Duration {
    /// Three digits and a unit, such as `1.25 s`.
    fileprivate var text: String {
        let value = seconds
        if value >= 1 { return "\((value * 100).rounded() / 100) s" }
        if value >= 1e-3 { return "\((value * 1e5).rounded() / 100) ms" }
        return "\((value * 1e6).rounded()) µs"
    }
}
