internal import ArgumentParser
internal import Benchmarking
internal import Domain
internal import Simulation

/// `kunserve simulate`: scenarios in virtual time.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a scenario in virtual time.",
        discussion: """
            A scenario is a JSON file with a cluster, a load and the policies to compare; \
            docs/simulation.md says what it may contain. What decides is the code that serves; \
            what computes, moves and breaks is reckoned from measurements of others or of this \
            machine. The same file and seed give the same numbers everywhere.
            """
    )

    @Argument(help: ArgumentHelp("The scenario.", valueName: "file"))
    var file: String

    @OptionGroup(title: "Runs")
    var runs: SimulateRunOptions

    @OptionGroup(title: "Results")
    var output: SimulateOutputOptions

    func run() async throws {
        let scenario = try ScenarioFile(path: file, traceDirectory: runs.traceDir)
        let plan = try SimulationPlan(scenario, runs)
        let folder = try output.out.map { try ResultFolder(path: $0) }
        print(plan.header)
        let pool = SimulationPool(
            workers: runs.jobs ?? SimulationPool.processors, isShown: !output.disableProgress)
        if runs.sweep {
            try await sweep(plan, pool, folder)
        } else {
            try await compare(plan, pool, folder)
        }
    }

    /// Policies under one load, with everything that is to be seen of each.
    private func compare(
        _ plan: SimulationPlan, _ pool: SimulationPool, _ folder: ResultFolder?
    ) async throws {
        let outcomes = try await pool.run(plan.jobs.count) { number, progress in
            try plan.run(plan.jobs[number], activities: output.activities, progress)
        }
        let comparison = Comparison(plan, outcomes)
        print(comparison.text)
        if let folder {
            try folder.write(comparison, output)
            print("results: \(folder.path)")
        }
        try plan.verify(outcomes.map(\.figures))
    }

    /// Every policy under every load; of each run only its figures are kept.
    private func sweep(
        _ plan: SimulationPlan, _ pool: SimulationPool, _ folder: ResultFolder?
    ) async throws {
        let figures = try await pool.run(plan.jobs.count) { number, progress in
            try plan.run(plan.jobs[number], activities: nil, progress).figures
        }
        let sweep = Sweep(plan, figures)
        print(sweep.text)
        if let folder {
            try folder.write(sweep)
            print("results: \(folder.path)")
        }
        try plan.verify(figures)
    }
}
