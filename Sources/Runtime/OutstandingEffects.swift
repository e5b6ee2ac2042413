package import Cluster
package import Domain

/// What the cell has asked for and not heard of, in the order of its asking: with it, a copy of the
/// cell can be led on from any moment.
struct OutstandingEffects: Sendable {
    private(set) var effects: [Effect] = []

    mutating func add(_ effect: Effect) {
        switch effect {
        case .runStep, .changeMemory, .loadUnits, .transfer, .startInstance:
            effects.append(effect)
        default: break
        }
    }

    /// Forgets what an input answers. Few are outstanding: steps in flight and a change.
    mutating func remove(answeredBy input: Input) {
        switch input {
        case .stepFinished(let step, _, _), .stepFailed(let step, _, _):
            removeFirst { if case .runStep(let other) = $0 { other.id == step } else { false } }
        case .memoryChanged(let instance, _):
            removeFirst {
                if case .changeMemory(let other, _) = $0 { other == instance } else { false }
            }
        case .unitsLoaded(let instance, _):
            removeFirst {
                if case .loadUnits(let other, _, _) = $0 { other == instance } else { false }
            }
        case .transferFinished(let transfer, _):
            removeFirst {
                if case .transfer(let other) = $0 { other.id == transfer } else { false }
            }
        case .instanceJoined(let instance, _):
            removeFirst {
                if case .startInstance(let other) = $0 { other == instance } else { false }
            }
        case .instanceLost(let instance):
            effects.removeAll { effect in
                switch effect {
                case .changeMemory(let other, _), .loadUnits(let other, _, _),
                    .startInstance(let other):
                    other == instance
                default: false
                }
            }
        case .submitted, .cancelled, .tick, .command, .drain: break
        }
    }

    private mutating func removeFirst(where matches: (Effect) -> Bool) {
        if let index = effects.firstIndex(where: matches) { effects.remove(at: index) }
    }
}

/// The cell at one moment, as it can be led on in virtual time.
package struct CellMoment: Sendable {
    package let cell: Cell
    package let outstanding: [Effect]
    package let now: Instant
}
