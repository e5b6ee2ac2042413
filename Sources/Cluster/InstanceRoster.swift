package import Domain

/// Whether an instance that there may be is there.
package enum InstancePresence: Hashable, Sendable {
    case absent
    /// Ordered at that time, and not heard of since.
    case starting(since: Instant)
    case present
}

/// Which of the instances that there may be are there, and which are about to come or to go.
package struct InstanceRoster: Sendable {
    /// By instance. Those that are lost are absent.
    package private(set) var presences: [InstancePresence]
    /// By instance: what it is for, where that matters.
    package private(set) var classes: [InstanceClass]
    /// Groups of one that are emptied so that their instances can be stopped.
    package internal(set) var leaving: [GroupID] = []
    /// By instance: starts that have failed. Who has failed least is tried first.
    private var failures: [Int]

    /// The first `present` of `count` instances are there.
    init(count: Int, present: Int) {
        precondition(1...count ~= present, "\(present) of \(count) instances are to be there")
        presences = (0..<count).map { $0 < present ? .present : .absent }
        classes = Array(repeating: .mixed, count: count)
        failures = Array(repeating: 0, count: count)
    }

    /// Neither starting, nor absent, nor lost.
    package func isPresent(_ instance: InstanceID) -> Bool {
        presences[instance.index] == .present
    }

    /// Since when the instance has been starting; `nil` if it is not.
    package func startTime(of instance: InstanceID) -> Instant? {
        if case .starting(let since) = presences[instance.index] { since } else { nil }
    }

    /// Complexity: O(instances).
    package var presentCount: Int { presences.count { $0 == .present } }

    /// Instances that are ordered and not there yet. Complexity: O(instances).
    package var startingCount: Int {
        presences.count { if case .starting = $0 { true } else { false } }
    }

    /// No instance is about to come or to go. Complexity: O(instances).
    var isSettled: Bool { leaving.isEmpty && startingCount == 0 }

    /// Of the instances that could be started, so many that are to be. Complexity:
    /// O(instances log instances).
    func nextToStart(_ count: Int, isLost: [Bool]) -> [InstanceID] {
        let startable = presences.indices.filter { presences[$0] == .absent && !isLost[$0] }
        return startable.sorted { (failures[$0], $0) < (failures[$1], $1) }
            .prefix(count).sorted().map { InstanceID(index: $0) }
    }
}

// MARK: - Changes

extension InstanceRoster {
    mutating func start(_ instance: InstanceID, as type: InstanceClass, at now: Instant) {
        precondition(presences[instance.index] == .absent, "instance \(instance) is there")
        presences[instance.index] = .starting(since: now)
        classes[instance.index] = type
    }

    /// The instance is for something else from now on.
    mutating func reassign(_ instance: InstanceID, to type: InstanceClass) {
        classes[instance.index] = type
    }

    mutating func join(_ instance: InstanceID) { presences[instance.index] = .present }

    mutating func startFailed(_ instance: InstanceID) {
        presences[instance.index] = .absent
        failures[instance.index] += 1
    }

    /// It is stopped, or lost.
    mutating func leave(_ instance: InstanceID) { presences[instance.index] = .absent }
}
