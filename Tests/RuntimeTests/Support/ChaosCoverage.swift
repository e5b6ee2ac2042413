import Domain
import Synchronization

/// What has happened in all runs together: a chaos test that provokes nothing proves nothing.
final class ChaosCoverage: Sendable {
    /// What enough runs have seen.
    static let expected = [
        "drop_started by overload", "drop_started by command", "drop_finished", "drop_failed",
        "exchange_finished", "reclaimed", "restore_started", "restore_finished", "restore_failed",
        "relocated", "relocation_aborted", "preempted", "swapped_out",
        "swapped_in", "drain_finished", "request failed",
        "instance_joined", "instance_start_failed", "instance_stopped",
    ]

    private let counts = Mutex<[String: Int]>([:])

    func add(_ events: [ClusterEvent]) {
        counts.withLock { counts in
            for event in events {
                counts[event.kind, default: 0] += 1
                guard event.kind == "drop_started" else { continue }
                let isCommand = event.message.contains("operator")
                let cause = isCommand ? "by command" : "by overload"
                counts["\(event.kind) \(cause)", default: 0] += 1
            }
        }
    }

    func add(_ kind: String) { counts.withLock { $0[kind, default: 0] += 1 } }

    func count(_ kind: String) -> Int { counts.withLock { $0[kind] ?? 0 } }

    var all: [String: Int] { counts.withLock { $0 } }
}
