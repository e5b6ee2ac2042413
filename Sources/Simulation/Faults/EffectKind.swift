internal import Cluster

/// Effects that faults may follow: the moments of a drop, an exchange, a restore, a relocation.
package enum EffectKind: Int, Hashable, Sendable, CaseIterable {
    case memoryChange, load, transfer
    case dropStarted, dropFinished, exchangeFinished
    case restoreStarted, restoreFinished
    case groupFormed, groupDissolved
    case relocated, preempted, swappedOut, swappedIn

    init?(_ effect: Effect) {
        switch effect {
        case .changeMemory: self = .memoryChange
        case .loadUnits: self = .load
        case .transfer: self = .transfer
        case .groupFormed: self = .groupFormed
        case .groupDissolved: self = .groupDissolved
        case .note(let note): self.init(note)
        default: return nil
        }
    }

    private init?(_ note: Note) {
        switch note {
        case .dropStarted: self = .dropStarted
        case .dropFinished: self = .dropFinished
        case .exchangeFinished: self = .exchangeFinished
        case .restoreStarted: self = .restoreStarted
        case .restoreFinished: self = .restoreFinished
        case .relocated: self = .relocated
        case .preempted: self = .preempted
        case .swappedOut: self = .swappedOut
        case .swappedIn: self = .swappedIn
        default: return nil
        }
    }
}
