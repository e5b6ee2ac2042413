internal import Benchmarking
internal import Domain
internal import Simulation

/// Policies under one load, side by side.
struct Comparison {
    let plan: SimulationPlan
    /// In the order of the policies.
    let outcomes: [SimulationOutcome]
    /// What the objectives are multiples of.
    let base: ViolationCurve

    init(_ plan: SimulationPlan, _ outcomes: [SimulationOutcome]) {
        self.plan = plan
        self.outcomes = outcomes
        base = plan.base(outcomes.map(\.figures))
    }

    func name(_ outcome: SimulationOutcome) -> String {
        plan.policies[outcome.figures.job.policy].name
    }
}

extension SimulationPlan {
    /// The base of objectives: as the scenario gives it, or the best medians of its baselines
    /// among these runs, which are those of one load.
    func base(_ runs: [RunFigures]) -> ViolationCurve {
        let objectives = scenario.objectives
        if let ttft = objectives.baseTTFT, let tpot = objectives.baseTPOT {
            return ViolationCurve(baseTTFT: ttft, baseTPOT: tpot)
        }
        let named = runs.filter { objectives.baselines.contains(policies[$0.job.policy].name) }
        let candidates = named.isEmpty ? runs : named
        return ViolationCurve(bestOf: candidates.map(\.ttft), candidates.map(\.tpot))
    }
}

// MARK: - In words

extension Comparison {
    var text: String {
        let tables = [latencies, doings] + (hasCohorts ? [cohorts] : [])
        return "\n" + tables.map(\.text).joined(separator: "\n\n") + "\n\n" + objectives
    }

    private var hasCohorts: Bool { outcomes.contains { $0.figures.cohorts.count > 1 } }

    private var cohorts: TextTable {
        var table = TextTable(["policy", "cohort"] + CohortFigures.head, names: 2)
        for outcome in outcomes {
            for cohort in outcome.figures.cohorts {
                table.add([name(outcome), cohort.name] + cohort.cells)
            }
        }
        return table
    }

    private var latencies: TextTable {
        var table = TextTable([
            "milliseconds", "TTFT P50", "P90", "P99", "P99.9", "TPOT P50", "P90", "P99", "P99.9",
        ])
        for outcome in outcomes {
            let figures = outcome.figures
            let numbers = [figures.ttft, figures.tpot].flatMap { values in
                [50, 90, 99, 99.9].map { Self.short(values.percentile($0)) }
            }
            table.add([name(outcome)] + numbers)
        }
        return table
    }

    private var doings: TextTable {
        var table = TextTable([
            "", "slow TTFT", "slow TPOT", "tokens/s", "done", "rejected", "drops", "restores",
            "preempted", "moved", "stall P99", "bubbles", "peak KV", "busy", "simulated/s",
        ])
        let factor = Double(plan.scenario.objectives.factor)
        for outcome in outcomes {
            let run = outcome.figures
            table.add([
                name(outcome),
                Self.percent(run.share(of: run.ttft, above: factor * base.baseTTFT)),
                Self.percent(run.share(of: run.tpot, above: factor * base.baseTPOT)),
                Self.short(run.outputTokensPerSecond), "\(run.completed)", "\(run.rejected)",
                "\(run.counters.drops)", "\(run.counters.restores)",
                "\(run.counters.preemptions + run.counters.swaps)",
                "\(run.counters.relocations)",
                run.stalls.count > 0 ? NumberText.milliseconds(run.stalls.percentile(99)) : "",
                run.counters.bubbleShare.map(Self.percent) ?? "",
                Self.percent(run.peakUsage), NumberText.short(run.busyInstances),
                "\(Int(run.requestsPerRealSecond))",
            ])
        }
        return table
    }

    private var objectives: String {
        "slow: above \(plan.scenario.objectives.factor) x "
            + "\(NumberText.milliseconds(base.baseTTFT)) to the first token, or "
            + "\(plan.scenario.objectives.factor) x \(NumberText.milliseconds(base.baseTPOT)) per "
            + "token, or without an answer; seed \(plan.seeds[0]), rate \(plan.rates[0])"
    }

    static func short(_ value: Double) -> String {
        value >= 100 ? NumberText.fixed(value, 0) : NumberText.short(value)
    }

    static func percent(_ share: Double) -> String { NumberText.short(share * 100) + " %" }
}
