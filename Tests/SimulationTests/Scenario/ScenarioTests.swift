import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

struct ScenarioTests {
    private static func read(_ text: String) throws(ScenarioError) -> Scenario {
        try Scenario(parsing: Array(text.utf8), name: "unnamed")
    }

    private static let least = """
        {"cluster": {"preset": "a800-qwen2.5-14b"},
         "workload": {"dataset-path": "trace.csv"}}
        """

    @Test func littleIsEnough() throws {
        let scenario = try Self.read(Self.least)
        #expect(scenario.name == "unnamed" && scenario.summary.isEmpty)
        #expect(scenario.cluster.machine == .preset("a800-qwen2.5-14b"))
        #expect(scenario.policies.map(\.name) == ["drop"])
        #expect(scenario.seeds == [0] && scenario.rates == [1])
        #expect(scenario.faults.isEmpty && scenario.randomFaults == nil)
        #expect(scenario.objectives.factor == 5 && scenario.sampleInterval == .seconds(1))
        guard case .trace(let trace) = scenario.streams[0].arrivals else {
            Issue.record("no trace")
            return
        }
        #expect(trace.path == "trace.csv" && trace.durationSeconds == nil)
        #expect(scenario.streams[0].lengths == .ofTrace && scenario.streams[0].rateScale == 1)
    }

    private static let most = """
        {
          "name": "all", "description": "of it",
          "cluster": {
            "preset": "h800-qwen2.5-72b", "data-parallel-size": 4, "instances-per-node": 2,
            "block-size": 32, "max-model-len": 8192, "max-num-batched-tokens": 2048,
            "max-num-seqs": 128, "max-num-queued-reqs": 9, "enable-prefix-caching": false,
            "scheduling-policy": "priority", "watermark": 0.02,
            "dispatch-policy": "shortest-queue", "gpu-memory-utilization": 0.8,
            "costs": {"memory-change-ms": 1, "request-overhead-ms": 2, "step-overhead-ms": 3,
              "chunk-ms": 4, "inter-node": {"gigabytes-per-second": 7, "latency-us": 8}}
          },
          "workload": {
            "phases": [{"duration": 10, "request-rate": 2, "cv": 2},
                       {"duration": 5, "request-rate": 8.5}],
            "burstiness": 0.5, "rate-scale": 1.5, "rate_scale_mode": "replication",
            "repeat-tail": {"start": 9, "times": 3, "rate-scale": 2},
            "random-input-len": 600, "random-output-len": 250, "random-range-ratio": 0.4,
            "random-prefix-len": 64, "length-scale-input": 2, "max-total-len": 4096,
            "num-prompts": 1000
          },
          "policies": ["recompute", {"name": "late", "overload-policy": "drop",
            "overload_high_water": 1.2, "overload-restore-hold": 7, "exchange-mode": "blocking",
            "lookahead-partition": "halving", "kv-cache-memory-bytes": "40GiB"}],
          "seeds": [3, 4], "rates": [0.5, 1],
          "faults": [{"at": 4, "kind": "slow-instance", "instance": 1, "factor": 3, "duration": 2},
            {"after": "drop-started", "count": 2, "delay": 0.5, "kind": "failed-transfer"},
            {"at": 1, "kind": "lost-link", "between": [0, 1], "duration": 9}],
          "random-faults": {"most": 2, "horizon": 60, "deaths": true},
          "slo": {"factor": 10, "baselines": ["recompute"]},
          "sample-interval": 0.5, "plots": ["latency", "memory"]
        }
        """

    @Test func muchIsRead() throws {
        let scenario = try Self.read(Self.most)
        #expect(scenario.cluster.instances == 4 && scenario.cluster.instancesPerNode == 2)
        let flags = scenario.cluster.flags
        #expect(flags.blockSize == 32 && flags.maxNumSeqs == 128 && flags.maxNumQueuedReqs == 9)
        #expect(flags.schedulingPolicy == .priority && flags.dispatchPolicy == .shortestQueue)
        #expect(flags.enablePrefixCaching == false && flags.gpuMemoryUtilization == 0.8)
        let late = scenario.policies[1].flags
        #expect(scenario.policies.map(\.name) == ["recompute", "late"])
        #expect(scenario.policies[0].flags.overloadPolicy == .recompute)
        #expect(late.overloadPolicy == .drop && late.overloadHighWater == 1.2)
        #expect(late.overloadRestoreHold == .seconds(7) && late.maxNumSeqs == 128)
        #expect(late.kvCacheMemoryBytes == .gibibytes(40) && late.gpuMemoryUtilization == nil)
        let workload = scenario.streams[0]
        #expect(
            workload.arrivals
                == .process([
                    .init(requestRate: 2, burstiness: 0.25, seconds: 10),
                    .init(requestRate: 8.5, burstiness: 0.5, seconds: 5),
                ]))
        #expect(workload.rateScaleMode == .replication && workload.repeatTail?.times == 3)
        #expect(workload.lengths == .uniform(input: 600, output: 250, ratio: 0.4))
        #expect(workload.prefixLen == 64 && workload.numPrompts == 1000)
        #expect(scenario.faults.count == 3 && scenario.randomFaults?.allowsDeath == true)
        #expect(
            scenario.faults[1].trigger
                == .afterEffect(.dropStarted, count: 2, delay: .milliseconds(500)))
        #expect(scenario.faults[1].kind == .failure(.transfer(into: nil), .next(1)))
        #expect(scenario.objectives.baselines == ["recompute"])
        #expect(scenario.plots == [.latency, .memory])
    }

    @Test func setupsAreWhatTheFileSays() throws {
        let scenario = try Self.read(Self.most)
        let preset = try #require(ClusterPreset.named("h800-qwen2.5-72b"))
        let late = scenario.policies[1]
        let machine = try ScenarioMachine(preset, late.flags)
        let setup = try scenario.setup(late, on: machine, arrivals: [], seed: 3)
        #expect(setup.cell.instances.count == 4 && setup.cell.overloadPolicy == .drop)
        #expect(setup.cell.scheduler.blockSize == 32)
        #expect(setup.cell.scheduler.lookahead?.partition == .halving)
        #expect(setup.cell.overload.highWater == 1.2)
        #expect(setup.costs.links.instancesPerNode == 2)
        #expect(setup.costs.links.chunkTime == .zero)
        #expect(setup.costs.links.interNode.bytesPerSecond == 7e9)
        #expect(setup.costs.memoryChange == .milliseconds(1))
        #expect(setup.costs.requestOverhead == .milliseconds(2))
        #expect(setup.sampleInterval == .milliseconds(500))
        let kv = machine.shape.kvPagesPerLayer * machine.shape.layerCount
        let bytes = (machine.shape.pageSize * kv).bytes
        #expect(bytes <= 40 << 30 && bytes > 39 << 30)
        let recompute = scenario.policies[0]
        let other = try ScenarioMachine(preset, recompute.flags)
        let baseline = try scenario.setup(recompute, on: other, arrivals: [], seed: 3)
        #expect(baseline.costs.links.chunkTime == .milliseconds(4))
        #expect(baseline.faults.faults.count >= 3)
        #expect(baseline.faults == setup.faults)
    }

    @Test func tooLittleMemoryIsSaid() throws {
        let preset = try #require(ClusterPreset.named("a800-qwen2.5-14b"))
        var flags = EngineFlags()
        flags.memoryPerInstance = .gibibytes(20)
        let error = #expect(throws: ScenarioError.self) { try ScenarioMachine(preset, flags) }
        #expect(error?.description.contains("too little memory") == true)
        flags.memoryPerInstance = .gibibytes(40)
        let machine = try ScenarioMachine(preset, flags)
        let budget = machine.shape.pageSize * machine.shape.pageCount
        #expect(budget <= .gibibytes(40) && budget > .gibibytes(39))
    }

    /// Batches of prompts are as large as makes them efficient, and a step is not much longer.
    @Test(arguments: ClusterPreset.all)
    func batchesAreLargeEnough(preset: ClusterPreset) throws {
        let machine = try ScenarioMachine(preset, EngineFlags())
        func rate(_ tokens: Int) -> Double {
            let chunk = PromptChunk(sequence: SequenceID(0), prefix: 0, count: tokens)
            return Double(tokens) / machine.batchCosts.cost(of: chunk)
        }
        let best = (0...14).map { rate(1 << $0) }.max() ?? 0
        #expect(rate(machine.fillingTokens) >= 0.89 * best)
        #expect(rate(machine.fillingTokens / 2) < 0.9 * best)
    }

    @Test func tooManyBlocksAreSaid() throws {
        let text = Self.least.replacing(
            "\"a800-qwen2.5-14b\"",
            with: "\"a800-qwen2.5-14b\", \"memory-per-instance\": \"60TiB\"")
        #expect(throws: ScenarioError.self) { try Self.read(text) }
        let larger = text.replacing("60TiB", with: "60000GiB")
            .replacing("\"memory-per", with: "\"data-parallel-size\": 4096, \"memory-per")
        let scenario = try Self.read(larger)
        let preset = try #require(ClusterPreset.named("a800-qwen2.5-14b"))
        let machine = try ScenarioMachine(preset, scenario.policies[0].flags)
        let error = #expect(throws: ScenarioError.self) {
            try scenario.setup(scenario.policies[0], on: machine, arrivals: [], seed: 0)
        }
        #expect(error?.description.contains("KV blocks, expected at most") == true)
    }

    @Test func aLengthBeyondTheMemoryIsSaid() throws {
        let text = Self.least.replacing(
            "\"a800-qwen2.5-14b\"",
            with: "\"a800-qwen2.5-14b\", \"max-model-len\": 500000, \"data-parallel-size\": 2")
        let scenario = try Self.read(text)
        let preset = try #require(ClusterPreset.named("a800-qwen2.5-14b"))
        let machine = try ScenarioMachine(preset, scenario.policies[0].flags)
        let error = #expect(throws: ScenarioError.self) {
            try scenario.setup(scenario.policies[0], on: machine, arrivals: [], seed: 0)
        }
        #expect(error?.description.hasPrefix("max-model-len is 500000, but the KV cache") == true)
    }
}

/// Each thing that may be wrong has one error that says what, where, and what was expected.
struct ScenarioErrorTests {
    private func message(_ text: String) -> String {
        do {
            _ = try Scenario(parsing: Array(text.utf8), name: "s")
            return "no error"
        } catch {
            return error.description
        }
    }

    private static func cluster(_ members: String) -> String {
        #"{"cluster": {"preset": "a800-qwen2.5-14b", \#(members)}, "#
            + #""workload": {"dataset-path": "t"}}"#
    }

    private static func workload(_ members: String) -> String {
        #"{"cluster": {"preset": "a800-qwen2.5-14b"}, "workload": {\#(members)}}"#
    }

    private static func top(_ members: String) -> String {
        #"{"cluster": {"preset": "a800-qwen2.5-14b"}, "workload": {"dataset-path": "t"}, "#
            + members + "}"
    }

    @Test(arguments: [
        ("", "is invalid JSON at byte 0: unexpected end"),
        ("[]", "is [], expected an object"),
        ("{}", "cluster is missing, expected an object with a preset"),
        (#"{"cluster": {}}"#, "workload is missing"),
        (#"{"clutser": {}}"#, "clutser is unknown; did you mean cluster?"),
        (#"{"xyzzy": {}}"#, "xyzzy is unknown; expected one of name, description, cluster"),
        (
            cluster(#""max-num-seq": 5"#),
            "cluster.max-num-seq is unknown; did you mean max-num-seqs?"
        ),
        (
            cluster(#""max-num-seqs": 0"#),
            "cluster.max-num-seqs is 0, expected a whole number from 1 to"
        ),
        (cluster(#""max-num-seqs": 1.5"#), "cluster.max-num-seqs is 1.5, expected a whole number"),
        (
            cluster(#""watermark": "x""#),
            "cluster.watermark is \"x\", expected a number from 0.0 to"
        ),
        (cluster(#""max-num-seqs": 5, "max_num_seqs": 6"#), "cluster.max-num-seqs is given twice"),
        (
            cluster(#""swap-space": "many""#),
            "cluster.swap-space is \"many\", expected a size such as"
        ),
        (cluster(#""swap-space": -1"#), "cluster.swap-space is -1, expected a size"),
        (
            cluster(#""overload-restore": 1"#),
            "cluster.overload-restore is 1, expected true or false"
        ),
        (
            cluster(#""dispatch-policy": "least-request""#),
            "cluster.dispatch-policy is \"least-request\", expected round-robin, least-requests"
        ),
        (
            cluster(#""profile": "p""#),
            "cluster.profile is of the preset cpu, and the preset is a800"
        ),
        (
            cluster(#""memory-per-instance": 1, "kv-cache-memory-bytes": 1"#),
            "cluster has both memory-per-instance and kv-cache-memory-bytes, expected one"
        ),
        (cluster(#""costs": {"disk": {}}"#), "cluster.costs.disk.gigabytes-per-second is missing"),
        (
            #"{"cluster": {"preset": "a80-qwen2.5-14b"}, "workload": {}}"#,
            "cluster.preset is \"a80-qwen2.5-14b\", expected a800-qwen2.5-14b, "
        ),
        (
            #"{"cluster": {"preset": "cpu"}, "workload": {}}"#,
            "cluster.profile is missing, expected the"
        ),
        (workload(""), "workload has none of dataset-path, request-rate and phases, expected one"),
        (
            workload(#""dataset-path": "t", "request-rate": 1"#),
            "workload has dataset-path and request-rate of dataset-path, request-rate and phases"
        ),
        (
            workload(#""dataset-path": "t", "cv": 1"#),
            "workload.cv means nothing beside dataset-path"
        ),
        (workload(#""request-rate": 1"#), "workload.duration is missing, expected seconds"),
        (
            workload(#""request-rate": 0, "duration": 1"#),
            "workload.request-rate is 0, expected a number above 0"
        ),
        (
            workload(#""request-rate": 1, "duration": 1"#),
            "workload.random-input-len is missing, expected lengths"
        ),
        (
            workload(#""request-rate": 1, "duration": 1, "random-input-len": 5"#),
            "workload.random-output-len is missing, expected tokens"
        ),
        (workload(#""phases": []"#), "workload.phases has 0 elements, expected 1 to 10000"),
        (
            workload(#""phases": [{"duration": 1}]"#),
            "workload.phases[0].request-rate is missing, expected requests per second"
        ),
        (
            workload(#""phases": [{"duration": 1, "request-rate": 1, "cv": 1, "burstiness": 1}]"#),
            "workload.phases[0] has both burstiness and cv"
        ),
        (
            workload(#""dataset-path": "t", "lengths-order": "random""#),
            "workload.lengths-order means nothing"
        ),
        (
            workload(#""dataset-path": "t", "lengths-path": "l", "random-input-len": 1"#),
            "workload.lengths-path is given beside random lengths"
        ),
        (
            workload(#""dataset-path": "t", "repeat-tail": {}"#),
            "workload.repeat-tail.start is missing"
        ),
        (top(#""policies": ["drp"]"#), "policies[0] is \"drp\", expected drop, recompute"),
        (top(#""policies": ["drop", "drop"]"#), "policies[1] is the second with the name drop"),
        (
            top(#""policies": [{"name": "a/b"}]"#),
            "policies[0].name is \"a/b\", expected 1 to 64 letters"
        ),
        (top(#""policies": [{"name": "a", "cpus": 1}]"#), "policies[0].cpus is unknown"),
        (top(#""seeds": [1, -1]"#), "seeds[1] is -1, expected a whole number"),
        (top(#""rates": ["fast"]"#), "rates[0] is \"fast\", expected a number above 0"),
        (
            top(#""slo": {"baselines": ["recompute"]}"#),
            "slo.baselines is [\"recompute\"], expected names of policies"
        ),
        (
            top(#""slo": {"base-ttft-ms": 5}"#),
            "slo has one of base-ttft-ms and base-tpot-ms, expected both"
        ),
        (top(#""plots": ["pie"]"#), "plots[0] is \"pie\", expected tables, latency"),
        (
            top(#""faults": [{"kind": "death"}]"#),
            "faults[0].at is missing, expected seconds, or after"
        ),
        (top(#""faults": [{"at": 1}]"#), "faults[0].kind is missing, expected slow-instance"),
        (
            top(#""faults": [{"at": 1, "kind": "deth", "instance": 1}]"#),
            "faults[0].kind is \"deth\", expected"
        ),
        (
            top(#""faults": [{"at": 1, "kind": "death"}]"#),
            "faults[0].instance is missing, expected the number"
        ),
        (
            top(#""faults": [{"at": 1, "after": "load", "kind": "death", "instance": 1}]"#),
            "faults[0] has both at and after"
        ),
        (
            top(#""faults": [{"after": "loads", "kind": "death", "instance": 1}]"#),
            "faults[0].after is \"loads\", expected memory-change, load, transfer, drop-started"
        ),
        (
            top(#""faults": [{"at": 1, "kind": "death", "instance": 1, "factor": 2}]"#),
            "faults[0].factor means nothing for death"
        ),
        (
            top(#""faults": [{"at": 1, "kind": "lost-link", "between": [1], "duration": 1}]"#),
            "faults[0].between is [1], expected the numbers of two instances"
        ),
        (top(#""random-faults": {}"#), "random-faults.horizon is missing, expected seconds"),
    ])
    func saysWhatAndWhere(text: String, message: String) {
        let said = self.message(text)
        #expect(said.hasPrefix(message), "\(said)")
    }

    @Test func faultsOfStrangersAreSaid() throws {
        let text = Self.top(#""faults": [{"at": 1, "kind": "death", "instance": 8}]"#)
        let scenario = try Scenario(parsing: Array(text.utf8), name: "s")
        let preset = try #require(ClusterPreset.named("a800-qwen2.5-14b"))
        let machine = try ScenarioMachine(preset, scenario.policies[0].flags)
        let error = #expect(throws: ScenarioError.self) {
            try scenario.setup(scenario.policies[0], on: machine, arrivals: [], seed: 0)
        }
        #expect(error?.description == "faults[0] is about instance 8, expected 0 to 7")
    }

    /// Damaged files end in an error or are read, and nothing else.
    @Test(arguments: 0..<40)
    func damagedFilesDoNotTrap(seed: Int) {
        let text = Array(Self.top(#""faults": [{"at": 1, "kind": "death", "instance": 1}]"#).utf8)
        var bytes = text
        bytes[(seed * 7) % bytes.count] = UInt8(truncatingIfNeeded: seed &* 37)
        bytes.removeLast(seed % 3)
        _ = try? Scenario(parsing: bytes, name: "s")
    }
}
