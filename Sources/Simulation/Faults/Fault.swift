package import Domain

/// One thing that goes wrong.
package struct Fault: Hashable, Sendable {
    package var trigger: Trigger
    package var kind: Kind

    package init(_ trigger: Trigger, _ kind: Kind) {
        self.trigger = trigger
        self.kind = kind
    }

    /// When it begins.
    package enum Trigger: Hashable, Sendable {
        /// So long after the beginning.
        case at(Duration)
        /// So long after the cell has had this effect so many times.
        case afterEffect(EffectKind, count: Int, delay: Duration)
    }

    package enum Kind: Hashable, Sendable {
        /// Its jobs that begin take so many times as long.
        case slowInstance(InstanceID, factor: Double, lasting: Duration)
        /// What goes over these links takes so many times as long.
        case slowLink(LinkEnds, factor: Double, lasting: Duration)
        /// Transfers and loads over these links fail; what stages hand on waits.
        case lostLink(LinkEnds, lasting: Duration)
        /// Operations fail when they are at their end.
        case failure(Operation, Occasion)
        /// The cell hears so much later of what the instance has done, in the order in which it
        /// was done.
        case lateAnswers(InstanceID, by: Duration, lasting: Duration)
        /// The instance never answers again.
        case death(InstanceID)
    }

    /// What an instance can fail at; of any instance where none is named.
    package enum Operation: Hashable, Sendable {
        case memoryChange(of: InstanceID?)
        case load(into: InstanceID?)
        /// By the instance that makes its last copy.
        case transfer(into: InstanceID?)
    }

    /// Which of the operations fail.
    package enum Occasion: Hashable, Sendable {
        /// One, counted from 1 since the fault began.
        case next(Int)
        /// All that end within this time.
        case within(Duration)
    }
}

extension Fault.Kind {
    /// How long it lasts; `nil` where it ends by itself or never.
    var duration: Duration? {
        switch self {
        case .slowInstance(_, _, let time), .slowLink(_, _, let time), .lostLink(_, let time),
            .lateAnswers(_, _, let time), .failure(_, .within(let time)):
            time
        case .failure(_, .next), .death: nil
        }
    }
}

extension Fault.Operation {
    /// Whether the fault is about what one instance does.
    func contains(_ other: Self) -> Bool {
        switch (self, other) {
        case (.memoryChange(let wanted), .memoryChange(let instance)),
            (.load(let wanted), .load(let instance)),
            (.transfer(let wanted), .transfer(let instance)):
            wanted == nil || wanted == instance
        default: false
        }
    }
}
