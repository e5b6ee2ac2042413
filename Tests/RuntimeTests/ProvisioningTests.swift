import Domain
import Inference
import Planning
import Synchronization
import Testing

@testable import Runtime

/// Instances that are made and stopped while others serve.
@Suite(.timeLimit(.minutes(5))) struct ProvisioningTests {
    private static let model = RuntimeHarness.fixture("llama_mqa")

    private func harness(
        instances: Int = 1, most: Int = 3, gate: Gate? = nil,
        _ change: (inout EngineConfiguration) -> Void = { _ in }
    ) throws -> RuntimeHarness {
        try RuntimeHarness(model: Self.model, provisioner: { gate?.make($0) ?? $0 }) {
            $0.instances = instances
            $0.maxInstances = most
            $0.memory = .kvCache(.kibibytes(400))
            change(&$0)
        }
    }

    /// The provisioner of a harness that is being made.
    private final class Gate: Sendable {
        private let made = Mutex<GatedProvisioner?>(nil)

        func make(_ provisioner: InProcessProvisioner) -> any Provisioner {
            let gated = GatedProvisioner(provisioner)
            made.withLock { $0 = gated }
            return gated
        }

        func get() throws -> GatedProvisioner { try #require(made.withLock { $0 }) }
    }

    private func prompts(_ count: Int) -> [[TokenID]] {
        (0..<count).map { seed in (0..<12).map { TokenID(UInt32($0 * 13 + seed) % 200) } }
    }

    private func ask(
        _ prompts: [[TokenID]], _ harness: RuntimeHarness, maxTokens: Int = 60,
        meanwhile: () async throws -> Void = {}
    ) async throws -> [[SampledToken]] {
        let requests = prompts.map { harness.request(prompt: $0, maxTokens: maxTokens) }
        async let answers = withTaskGroup(of: (Int, RuntimeHarness.Answer).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask { (index, await harness.collect(request)) }
            }
            return await group.reduce(into: [Int: RuntimeHarness.Answer]()) { $0[$1.0] = $1.1 }
        }
        try await meanwhile()
        let all = await answers
        return requests.indices.map { all[$0]?.tokens ?? [] }
    }

    /// The answers of one instance with room for everything.
    private func quietly(
        _ prompts: [[TokenID]], maxTokens: Int = 60
    ) async throws -> [[SampledToken]] {
        let harness = try RuntimeHarness(model: Self.model) { $0.memory = .kvCache(.mebibytes(4)) }
        defer { harness.runtime.stop() }
        var answers: [[SampledToken]] = []
        for prompt in prompts {
            answers.append(
                await harness.collect(harness.request(prompt: prompt, maxTokens: maxTokens)).tokens)
        }
        return answers
    }

    private func phases(_ harness: RuntimeHarness) -> [InstanceSnapshot.Phase] {
        harness.runtime.snapshot().instances.map(\.phase)
    }

    /// Polls, for what is waited for happens on other threads; the suite's limit ends it.
    private func wait(_ isReached: () -> Bool) async throws {
        while !isReached() { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func kinds(_ harness: RuntimeHarness) -> [String] {
        harness.runtime.events(after: 0).map(\.kind)
    }

    // MARK: Coming

    @Test func instancesJoinUnderLoad() async throws {
        let harness = try harness()
        defer { harness.runtime.stop() }
        #expect(phases(harness) == [.whole, .absent, .absent])
        let prompts = prompts(12)
        let tokens = try await ask(prompts, harness) {
            let outcome = harness.runtime.command(.addInstances(2))
            guard case .accepted(let message, [InstanceID(1), InstanceID(2)]) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(message.contains("an operator asked for it"))
            try await wait { phases(harness) == [.whole, .whole, .whole] }
        }
        #expect(try await quietly(prompts) == tokens)
        // What comes now goes to all three.
        _ = try await ask(prompts, harness, maxTokens: 4)
        let snapshot = harness.runtime.snapshot()
        #expect(snapshot.groups.count == 3)
        let budgets = Set(snapshot.instances.map(\.memory.budget))
        #expect(budgets.count == 1 && budgets.first != .zero)
        #expect(harness.metric("kunserve_instances_present") == 3)
        #expect(harness.metric("kunserve_instances_starting") == 0)
        #expect(harness.metric("kunserve_scale_out_total") == 2)
        #expect(harness.metric("kunserve_instance_start_seconds_count") == 2)
        #expect(kinds(harness).filter { $0 == "instance_joined" }.count == 2)
    }

    /// While instances start they are shown so, and nothing waits for them.
    @Test func servingGoesOnWhileAnInstanceStarts() async throws {
        let gate = Gate()
        let harness = try harness(gate: gate)
        defer { harness.runtime.stop() }
        _ = harness.runtime.command(.addInstances(1))
        #expect(phases(harness) == [.whole, .starting, .absent])
        #expect(harness.metric("kunserve_instances_starting") == 1)
        let prompts = prompts(4)
        #expect(try await quietly(prompts) == ask(prompts, harness))
        #expect(phases(harness) == [.whole, .starting, .absent])
        guard case .refused(let reason) = harness.runtime.command(.addInstances(2)) else {
            Issue.record("more than there may be")
            return
        }
        #expect(reason.contains("of the 3 instances that there may be, 1 can be started now"))
        try gate.get().open()
        try await wait { phases(harness) == [.whole, .whole, .absent] }
    }

    // MARK: Failing

    @Test func anInstanceThatTheMachineHasNoMemoryForDoesNotStart() async throws {
        let harness = try harness { $0.machineMemory = .mebibytes(1) }
        defer { harness.runtime.stop() }
        for attempt in 1...2 {
            guard case .accepted = harness.runtime.command(.addInstances(1)) else {
                Issue.record("not accepted")
                return
            }
            try await wait { kinds(harness).count { $0 == "instance_start_failed" } == attempt }
            #expect(phases(harness) == [.whole, .absent, .absent])
        }
        let failure = harness.runtime.events(after: 0).last
        #expect(failure?.message.contains("an instance takes") == true)
        #expect(harness.metric("kunserve_instance_start_failed_total") == 2)
        #expect(harness.metric("kunserve_instances_present") == 1)
    }

    @Test func whatCannotBeDoneIsRefused() throws {
        let harness = try harness(instances: 1, most: 2)
        defer { harness.runtime.stop() }
        for (command, words) in [
            (OperatorCommand.addInstances(2), "1 can be started"),
            (.removeInstance(InstanceID(0)), "no other instance"),
            (.removeInstance(InstanceID(1)), "not there"),
            (.removeInstance(InstanceID(9)), "no instance 9"),
            (.drain(InstanceID(1)), "does not exist"),
        ] {
            guard case .refused(let reason) = harness.runtime.command(command) else {
                Issue.record("\(command) accepted")
                continue
            }
            #expect(reason.contains(words), "\(reason)")
        }
        #expect(phases(harness) == [.whole, .absent])
    }

    @Test func aServerThatStopsDoesNotWaitForInstances() throws {
        let gate = Gate()
        let harness = try harness(gate: gate)
        _ = harness.runtime.command(.addInstances(2))
        harness.runtime.stop()
        let cancelled = try gate.get().cancelled.withLock { $0 }
        #expect(Set(cancelled) == [InstanceID(1), InstanceID(2)])
        #expect(phases(harness).suffix(2) == [.absent, .absent])
    }

    // MARK: Going

    /// Requests move away, the memory goes back to the system, and who comes again begins anew.
    @Test func anInstanceGoesUnderLoadAndComesAgain() async throws {
        let gate = Gate()
        let harness = try harness(gate: gate)
        defer { harness.runtime.stop() }
        let provisioner = try gate.get()
        provisioner.open()
        let prompts = prompts(10)
        let expected = try await quietly(prompts)
        let one = InstanceID(1)
        for _ in 0..<3 {
            _ = harness.runtime.command(.addInstances(1))
            try await wait { phases(harness)[1] == .whole }
            #expect(provisioner.isInMemory(one))
            let tokens = try await ask(prompts, harness) {
                try await wait {
                    harness.runtime.snapshot().groups.contains {
                        $0.stages[0].instance == one && $0.running > 0
                    }
                }
                guard case .accepted = harness.runtime.command(.removeInstance(one)) else {
                    Issue.record("not accepted")
                    return
                }
                try await wait { phases(harness)[1] == .absent }
            }
            #expect(tokens == expected)
            try await wait { !provisioner.isInMemory(one) }
        }
        #expect(harness.metric("kunserve_scale_in_total") == 3)
        #expect(harness.metric("kunserve_instances_present") == 1)
        #expect(kinds(harness).contains("instance_stopped"))
    }

    /// The first instance is like any other.
    @Test func theFirstInstanceMayGo() async throws {
        let harness = try harness(instances: 2, most: 2)
        defer { harness.runtime.stop() }
        let prompts = prompts(10)
        let tokens = try await ask(prompts, harness) {
            _ = harness.runtime.command(.removeInstance(InstanceID(0)))
            try await wait { phases(harness) == [.absent, .whole] }
        }
        #expect(try await quietly(prompts) == tokens)
        guard case .accepted(_, [InstanceID(0)]) = harness.runtime.command(.addInstances(1)) else {
            Issue.record("not accepted")
            return
        }
        try await wait { phases(harness) == [.whole, .whole] }
        #expect(try await quietly(prompts) == ask(prompts, harness))
    }

    /// Packing leaves an instance empty, so it goes; requests that wait for memory bring one back.
    @Test func whatPackingLeavesEmptyIsReleased() async throws {
        let harness = try harness(instances: 2, most: 2) {
            $0.dispatch = .pack
            $0.relocationPolicy = .mell
            $0.overloadPolicy = .recompute
            $0.packing.epoch = .milliseconds(5)
            $0.packing.linger = .milliseconds(20)
            $0.autoscaling.policy = .packing
            $0.autoscaling.scalingInterval = .milliseconds(2)
            $0.overload.sampleInterval = .milliseconds(1)
        }
        defer { harness.runtime.stop() }
        try await wait { phases(harness).contains(.absent) }
        let prompts = prompts(40)
        let tokens = try await ask(prompts, harness, maxTokens: 100) {
            try await wait { phases(harness) == [.whole, .whole] }
        }
        #expect(try await quietly(prompts, maxTokens: 100) == tokens)
        try await wait { phases(harness).contains(.absent) }
        let told = harness.runtime.events(after: 0).map(\.message)
        #expect(told.contains { $0.contains("packing has left it empty") })
    }

    // MARK: Bridging

    /// An overload drops parameters at once and orders instances, and what was dropped comes back
    /// when they have taken over.
    @Test func aDropBridgesTheTimeUntilInstancesAreThere() async throws {
        let gate = Gate()
        let harness = try harness(instances: 2, most: 4, gate: gate) {
            $0.overload.sampleInterval = .milliseconds(1)
            $0.overload.minimumDropped = .milliseconds(1)
            $0.overload.restoreHold = .milliseconds(2)
            $0.overload.maximumRestoreHold = .milliseconds(4)
            $0.autoscaling.policy = .freenessBand
            // Only the overload orders anything.
            $0.autoscaling.freenessPeriod = .seconds(10_000)
        }
        defer { harness.runtime.stop() }
        let prompts = prompts(60)
        let tokens = try await ask(prompts, harness, maxTokens: 100) {
            try await wait { kinds(harness).contains("drop_finished") }
            #expect(phases(harness)[2...].contains(.starting))
            try gate.get().open()
        }
        #expect(try await quietly(prompts, maxTokens: 100) == tokens)
        try await wait {
            phases(harness)[..<2] == [.whole, .whole] && !phases(harness).contains(.starting)
        }
        let told = kinds(harness)
        let moments = ["scale_out", "drop_started", "drop_finished", "instance_joined"]
            .compactMap { told.firstIndex(of: $0) }
        #expect(moments.count == 4 && moments == moments.sorted())
        #expect(told.lastIndex(of: "restore_finished").map { $0 > moments[3] } == true)
        let order = harness.runtime.events(after: 0).first { $0.kind == "scale_out" }
        #expect(order?.message.contains("parameters are dropped until") == true)
    }
}
