internal import Cluster
internal import Domain

extension CellChecker {
    mutating func take(_ input: Input) {
        switch input {
        case .submitted(let request): submit(request)
        case .stepFinished(let step, _, _), .stepFailed(let step, _, _): end(step)
        case .memoryChanged(let instance, let failure): endChange(of: instance, failure)
        case .unitsLoaded(let instance, let failure): endLoad(into: instance, failure)
        case .transferFinished(let transfer, let failure): endTransfer(transfer, failure)
        case .tick: isAlarmSet = false
        case .instanceLost(let instance): lose(instance)
        case .instanceJoined(let instance, let failure): endStart(of: instance, failure)
        case .cancelled, .command, .drain: break
        }
    }

    mutating func take(_ effect: Effect) {
        switch effect {
        case .runStep(let step): begin(step)
        case .accepted(let request, let sequence): accept(request, as: sequence)
        case .rejected(let request, _): reject(request)
        case .started(let sequence, _): start(sequence)
        case .emit(let sequence, _): emit(sequence)
        case .finished(let sequence, let reason, let usage): finish(sequence, reason, usage)
        case .released(let sequence): release(sequence)
        case .groupFormed(let group, let stages): form(group, stages)
        case .groupDissolved(let group): dissolve(group)
        case .changeMemory(let instance, let change): begin(change, of: instance)
        case .undoMemoryChange(let instance): undoChange(of: instance)
        case .settleMemory(let instance): settleChange(of: instance)
        case .loadUnits(let instance, let units, let source):
            begin(units, into: instance, from: source)
        case .transfer(let transfer): begin(transfer)
        case .wakeAt: isAlarmSet = true
        case .startInstance(let instance): beginStart(of: instance)
        case .stopInstance(let instance): stop(instance)
        case .requestInstances, .note: break
        }
    }

    private mutating func form(_ group: GroupID, _ stages: [GroupStage]) {
        while groups.count <= group.index { groups.append(nil) }
        if groups[group.index] != nil { fail(.identifiers, "group \(group) is formed twice") }
        groups[group.index] = stages
    }

    private mutating func dissolve(_ group: GroupID) {
        guard group.index < groups.count, groups[group.index] != nil else {
            fail(.identifiers, "group \(group) is dissolved and not there")
            return
        }
        groups[group.index] = nil
    }
}
