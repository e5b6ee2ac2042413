internal import ArgumentParser
internal import Benchmarking
internal import Domain
internal import Planning
internal import Simulation

/// The runs of a command: every policy under every load.
struct SimulationPlan {
    let file: ScenarioFile
    let policies: [ScenarioPolicy]
    /// By policy: they may want different memory.
    let machines: [ScenarioMachine]
    let seeds: [UInt64]
    let rates: [Double]
    let checks: CheckLevel
    /// By stream.
    private let arrivals: [ArrivalPlan]

    /// One simulation.
    struct Job: Hashable, Sendable {
        var policy: Int
        var seed: UInt64
        var rate: Double
    }

    var scenario: Scenario { file.scenario }

    init(_ file: ScenarioFile, _ options: SimulateRunOptions) throws {
        self.file = file
        let scenario = file.scenario
        policies = try Self.policies(of: scenario, named: options.policies)
        let seeds = try options.seedList ?? scenario.seeds
        let rates = try options.rateList ?? scenario.rates
        self.seeds = options.sweep ? seeds : [seeds[0]]
        self.rates = options.sweep ? rates : [rates[0]]
        checks = options.checks
        machines = try Self.machines(for: policies, file)
        arrivals = try file.arrivals()
        try checkSize()
    }

    /// Refuses what no machine could hold.
    private func checkSize() throws {
        let rate = rates.max() ?? 1
        let requests = zip(scenario.streams, arrivals).reduce(0) { sum, stream in
            sum + stream.1.expectedCount(rateScale: stream.0.rateScale * rate)
        }
        guard requests <= Self.mostRequests else {
            throw ValidationError(
                "\(file.path): workload has about \(Int(min(requests, 1e18))) requests, "
                    + "expected at most \(Int(Self.mostRequests))")
        }
        let runs = Double(policies.count) * Double(seeds.count) * Double(rates.count)
        guard runs <= Self.mostRuns else {
            throw ValidationError(
                "policies, seeds and rates make \(Int(min(runs, 1e18))) runs, expected at most "
                    + "\(Int(Self.mostRuns))")
        }
    }

    private static let mostRequests = 5e7
    private static let mostRuns = 1e6

    private static func policies(
        of scenario: Scenario, named list: String?
    ) throws -> [ScenarioPolicy] {
        guard let list else { return scenario.policies }
        return try list.split(separator: ",").map(String.init).map { name in
            if let policy = scenario.policies.first(where: { $0.name == name }) { return policy }
            guard let policy = OverloadPolicy(rawValue: name) else {
                let names = scenario.policies.map(\.name).joined(separator: ", ")
                throw ValidationError("--policies has \(name), expected some of \(names)")
            }
            return ScenarioPolicy(policy, over: scenario.cluster.flags)
        }
    }

    /// Policies with the same memory share a machine.
    private static func machines(
        for policies: [ScenarioPolicy], _ file: ScenarioFile
    ) throws -> [ScenarioMachine] {
        var known: [(flags: EngineFlags, machine: ScenarioMachine)] = []
        return try policies.map { policy in
            let flags = policy.flags.ofMachine
            if let known = known.first(where: { $0.flags == flags }) { return known.machine }
            do {
                let machine = try file.machine(flags)
                known.append((flags, machine))
                return machine
            } catch let error as ScenarioError {
                throw ValidationError("\(file.path): \(error)")
            }
        }
    }

    /// In the order of their results: by rate, then by seed, then by policy.
    var jobs: [Job] {
        rates.flatMap { rate in
            seeds.flatMap { seed in
                policies.indices.map { Job(policy: $0, seed: seed, rate: rate) }
            }
        }
    }

    /// What runs and on what, in words.
    var header: String {
        let machine = machines[0]
        let instances = scenario.cluster.instances ?? machine.instanceCount
        let summary = scenario.summary.isEmpty ? "" : ": \(scenario.summary)"
        return """
            \(scenario.name)\(summary)
            \(instances) x \(machine.device), \(machine.model); times of \(machine.costModel)
            """
    }
}

// MARK: - Running

extension SimulationPlan {
    /// The requests of a load.
    func requests(seed: UInt64, rate: Double) -> [SimulatedArrival] {
        let drawn = scenario.streams.enumerated().map { number, stream in
            arrivals[number].arrivals(
                rateScale: stream.rateScale * rate, seed: Scenario.seed(seed, ofStream: number)
            ).map { row in
                SimulatedArrival(
                    time: .nanoseconds(Int64((row.arrivalSeconds * 1e9).rounded())),
                    inputTokens: row.inputTokens, outputTokens: row.outputTokens)
            }
        }
        return scenario.requests(drawn, seed: seed)
    }

    func setup(_ job: Job) throws -> SimulationSetup {
        do {
            var setup = try scenario.setup(
                policies[job.policy], on: machines[job.policy],
                arrivals: requests(seed: job.seed, rate: job.rate), seed: job.seed)
            setup.checks = checks
            return setup
        } catch {
            throw ValidationError("\(file.path): \(error)")
        }
    }

    /// Runs one simulation to its end.
    ///
    /// - Parameter progress: hears what share of the requests has ended.
    func run(
        _ job: Job, activities: ActivityLog?, _ progress: (Double) -> Void
    ) throws -> SimulationOutcome {
        var setup = try setup(job)
        setup.activities = activities
        let clock = ContinuousClock()
        let start = clock.now
        var run = SimulatedRun(setup)
        while !run.isOver {
            run.advance(events: 20_000)
            progress(0.999 * Double(run.progress.ended) / Double(max(1, run.progress.all)))
        }
        return SimulationOutcome(job: job, result: run.result, took: clock.now - start)
    }

    /// The command that repeats a run and watches it closely.
    func command(repeating job: Job) -> String {
        let folder = file.traceDirectory.map { " --trace-dir \($0)" } ?? ""
        return "kunserve simulate \(file.path)\(folder) --policies \(policies[job.policy].name) "
            + "--seeds \(job.seed) --rates \(job.rate) --checks every-event"
    }

    /// Says what went wrong, and ends the program if anything did.
    func verify(_ figures: [RunFigures]) throws {
        let broken = figures.filter { $0.failure != nil || $0.unfinished > 0 }
        guard !broken.isEmpty else { return }
        for run in broken {
            let unfinished = "\(run.unfinished) requests have no end (\(run.ending))"
            Terminal.writeError(
                """
                \(name(run.job)): \(run.failure ?? unfinished)
                to repeat it: \(command(repeating: run.job))

                """)
        }
        throw ExitCode.failure
    }

    private func name(_ job: Job) -> String {
        "\(policies[job.policy].name), seed \(job.seed), rate \(job.rate)"
    }
}

extension EngineFlags {
    /// Those that a machine depends on.
    fileprivate var ofMachine: EngineFlags {
        var flags = EngineFlags()
        flags.blockSize = blockSize
        flags.maxModelLen = maxModelLen
        flags.maxNumBatchedTokens = maxNumBatchedTokens
        flags.memoryPerInstance = memoryPerInstance
        flags.kvCacheMemoryBytes = kvCacheMemoryBytes
        flags.gpuMemoryUtilization = gpuMemoryUtilization
        return flags
    }
}
