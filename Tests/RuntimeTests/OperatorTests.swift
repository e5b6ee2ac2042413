import Domain
import Planning
import Testing

@testable import Runtime

/// What operators see of a cell and may ask of it.
struct OperatorTests {
    private func harness(
        instances: Int = 2, policy: OverloadPolicy = .drop
    ) throws -> RuntimeHarness {
        try RuntimeHarness(model: RuntimeHarness.fixture("llama_mqa")) {
            $0.instances = instances
            $0.memory = .kvCache(.kibibytes(400))
            $0.overloadPolicy = policy
            $0.overload.isRestoreEnabled = false
        }
    }

    private func prompt(_ seed: Int) -> [TokenID] {
        (0..<12).map { TokenID(UInt32($0 * 13 + seed)) }
    }

    /// Sends requests until the cell looks as expected: every request makes it move.
    private func wait(
        _ harness: RuntimeHarness, until isReached: (ClusterSnapshot) -> Bool
    ) async throws -> ClusterSnapshot {
        for seed in 0..<200 {
            let snapshot = harness.runtime.snapshot()
            for instance in snapshot.instances { checkMemory(instance.memory) }
            if isReached(snapshot) { return snapshot }
            _ = await harness.collect(harness.request(prompt: prompt(seed), maxTokens: 3))
        }
        Issue.record("never reached: \(harness.runtime.snapshot())")
        return harness.runtime.snapshot()
    }

    private func checkMemory(_ memory: InstanceSnapshot.Memory) {
        let parts = [
            memory.weights, memory.kvUsed, memory.kvCached, memory.kvFree, memory.workspace,
            memory.spare,
        ]
        #expect(parts.reduce(.zero, +) == memory.budget)
        #expect(parts.allSatisfy { $0 >= .zero })
    }

    @Test func aDropAndARestoreAreSeenAndCounted() async throws {
        let harness = try harness()
        defer { harness.runtime.stop() }
        let before = harness.runtime.snapshot()
        #expect(before.groups.count == 2 && before.policy == "drop")
        guard case .accepted(let message, _) = harness.runtime.command(.drop(freeing: nil)) else {
            Issue.record("not accepted")
            return
        }
        #expect(message.contains("an operator asked for it"))
        let dropped = try await wait(harness) { $0.groups.count == 1 }
        #expect(dropped.instances.map(\.phase) == [.dropped, .dropped])
        #expect(dropped.instances.map(\.layers).flatMap { Array($0) }.sorted() == [0, 1, 2])
        #expect(dropped.groups[0].stages.count == 2)
        for (now, then) in zip(dropped.instances, before.instances) {
            #expect(now.memory.weights < then.memory.weights)
        }
        guard case .accepted = harness.runtime.command(.restore) else {
            Issue.record("not accepted")
            return
        }
        let whole = try await wait(harness) { snapshot in
            snapshot.groups.count == 2 && snapshot.instances.allSatisfy { $0.phase == .whole }
        }
        #expect(whole.instances.map(\.memory.weights) == before.instances.map(\.memory.weights))
        // Latencies are those of the last seconds, which may be long gone on a busy machine.
        _ = try await wait(harness) { $0.ttft != nil && $0.tpot != nil }
        let kinds = harness.runtime.events(after: 0).map(\.kind).filter { $0 != "relocated" }
        #expect(
            kinds.filter { $0 != "reclaimed" } == [
                "drop_started", "drop_finished", "exchange_finished", "restore_started",
                "restore_finished",
            ])
        for name in ["kunserve_drop_total", "kunserve_restore_total"] {
            #expect(harness.metric(name) == 1, "\(name)")
        }
        for name in [
            "kunserve_pipeline_busy_seconds_total", "kunserve_copied_bytes_total",
            "kunserve_added_blocks_total", "kunserve_step_seconds_count",
        ] {
            #expect(harness.metric(name) > 0, "\(name)")
        }
    }

    @Test func whatCannotBeDoneIsRefusedWithAReason() throws {
        let alone = try harness(instances: 1)
        let other = try harness(policy: .recompute)
        defer {
            alone.runtime.stop()
            other.runtime.stop()
        }
        for (harness, command) in [
            (alone, OperatorCommand.drop(freeing: nil)), (alone, .restore),
            (alone, .drain(InstanceID(0))), (alone, .drain(InstanceID(7))),
            (other, .drop(freeing: .mebibytes(1))),
        ] {
            guard case .refused(let reason) = harness.runtime.command(command) else {
                Issue.record("\(command) accepted")
                continue
            }
            #expect(!reason.isEmpty)
        }
        #expect(alone.runtime.events(after: 0).allSatisfy { $0.kind == "command_refused" })
    }
}
