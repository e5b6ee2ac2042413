import Cluster
import Domain
import Planning
import Simulation
import Testing

/// What scenarios say of instances that come and go.
struct ScalingScenarioTests {
    private func setup(
        _ cluster: String, policy: String = #"{"name": "a"}"#
    ) throws -> SimulationSetup {
        let text = """
            {"cluster": {"preset": "a800-qwen2.5-14b", \(cluster)},
             "workload": {"dataset-path": "t"}, "policies": [\(policy)]}
            """
        let scenario = try Scenario(parsing: Array(text.utf8), name: "unnamed")
        let preset = try #require(ClusterPreset.named("a800-qwen2.5-14b"))
        let machine = try ScenarioMachine(preset, scenario.policies[0].flags)
        return try scenario.setup(scenario.policies[0], on: machine, arrivals: [], seed: 0)
    }

    @Test func withoutAPolicyInstancesStay() throws {
        let setup = try setup(#""data-parallel-size": 4, "max-instances": 9"#)
        #expect(setup.cell.instances.count == 4 && setup.cell.startInstances == 4)
        #expect(setup.cell.autoscaling.policy == .off)
    }

    @Test func allFlagsAreRead() throws {
        let setup = try setup(
            #""data-parallel-size": 2, "costs": {"instance-start-s": 7}"#,
            policy: #"""
                {"name": "a", "autoscaling-policy": "freeness-band", "min-instances": 2,
                 "max-instances": 6, "autoscaling-interval": 0.5, "scale-out-below": 20,
                 "scale-in-above": 90, "scaling-period": 3, "initial-busy-share": 0.25,
                 "static-batch-size": 40, "min-linger": 11}
                """#)
        let scaling = setup.cell.autoscaling
        #expect(setup.cell.instances.count == 6 && setup.cell.startInstances == 2)
        #expect(scaling.policy == .freenessBand)
        #expect(scaling.minimumInstances == 2 && scaling.maximumInstances == 6)
        #expect(scaling.scalingInterval == .milliseconds(500) && scaling.freenessBand == 20...90)
        #expect(scaling.freenessPeriod == .seconds(3) && scaling.initialBusyShare == 0.25)
        #expect(scaling.staticBatchSize == 40 && scaling.minimumLinger == .seconds(11))
        #expect(setup.costs.instanceStart == .seconds(7))
        // The model comes from the disk after that.
        let load = setup.costs.links.disk.time(of: setup.cell.instances[0].modelBytes)
        #expect(load > .zero && scaling.assumedLoadTime == .seconds(7) + load)
    }

    @Test func batchRequestsHaveHostMemory() throws {
        let setup = try setup(
            #""autoscaling-policy": "chiron", "chiron-parts": "local-only", "swap-space": "2GiB""#)
        #expect(setup.cell.autoscaling.parts == .localOnly)
        let shape = setup.cell.instances[0]
        let block = shape.blockBytes * shape.layerCount
        #expect(setup.cell.hostBlocks == ByteCount.gibibytes(2).bytes / block.bytes)
        #expect(ServicePromise("batch").objective == ServiceLevelObjective(.batch))
        let chat = ServicePromise("chat", ttft: .seconds(1)).objective
        #expect(chat == ServiceLevelObjective(.interactive, timeToFirstToken: .seconds(1)))
    }

    /// What moves may load follows from the machine, and from what the scenario changes of it.
    @Test func movesKnowTheLinks() throws {
        let plain = try setup(#""instances-per-node": 2"#)
        let links = plain.costs.links
        let transfers = try #require(plain.cell.packing.transfers)
        #expect(transfers.nearBytesPerSecond == links.intraNode.bytesPerSecond)
        #expect(transfers.farBytesPerSecond == links.interNode.bytesPerSecond)
        #expect(plain.cell.packing.transferPolicy == .hybrid)
        let changed = try setup(
            #""costs": {"inter-node": {"gigabytes-per-second": 0.5}}"#,
            policy: #"""
                {"name": "a", "transfer-policy": "tokens", "recomputed-share": 0.5,
                 "packing-linger": 7}
                """#)
        let packing = changed.cell.packing
        #expect(packing.transfers?.farBytesPerSecond == 0.5e9)
        #expect(packing.transferPolicy == .tokens && packing.linger == .seconds(7))
        // Five times as much beside a batch, but for what attention adds.
        let before = transfers.computation.tokens(with: 1)
        let after = packing.transfers?.computation.tokens(with: 1) ?? 0
        #expect(after > 4 * before && after <= 6 * before)
    }

    @Test(arguments: [
        (
            #""autoscaling-policy": "chiron", "data-parallel-size": 4, "max-instances": 3"#,
            "max-instances is 3, expected at least the 4"
        ),
        (
            #""autoscaling-policy": "freeness-band", "scale-out-below": 9, "scale-in-above": 8"#,
            "scale-in-above is 8.0, expected at least the 9.0"
        ),
        (#""autoscaling-policy": "chirons""#, "autoscaling-policy is \"chirons\", expected chiron"),
        (#""min-instances": 0"#, "min-instances is 0, expected a whole number from 1"),
    ])
    func whatDoesNotGoTogetherIsSaid(cluster: String, expected: String) {
        let error = #expect(throws: ScenarioError.self) { try setup(cluster) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
}
