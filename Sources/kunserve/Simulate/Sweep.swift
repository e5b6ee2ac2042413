internal import Benchmarking
internal import Domain
internal import Simulation

/// Every policy under every load: medians over seeds, and how far they spread.
struct Sweep {
    private let plan: SimulationPlan
    /// In the order of the plan's jobs.
    private let runs: [RunFigures]
    /// By run: shares of requests that are too slow.
    private let slowTTFT: [Double]
    private let slowTPOT: [Double]

    init(_ plan: SimulationPlan, _ runs: [RunFigures]) {
        self.plan = plan
        self.runs = runs
        let factor = Double(plan.scenario.objectives.factor)
        var slow: [(ttft: Double, tpot: Double)] = []
        let load = plan.policies.count
        for first in stride(from: 0, to: runs.count, by: load) {
            let alike = runs[first..<min(first + load, runs.count)]
            let base = plan.base(Array(alike))
            slow += alike.map { run in
                (
                    run.share(of: run.ttft, above: factor * base.baseTTFT),
                    run.share(of: run.tpot, above: factor * base.baseTPOT)
                )
            }
        }
        slowTTFT = slow.map(\.ttft)
        slowTPOT = slow.map(\.tpot)
    }

    /// One number of a run.
    private struct Column {
        var name: String
        var value: (Sweep, Int) -> Double
    }

    /// What the table shows.
    private static var columns: [Column] {
        [
            Column(name: "TTFT P50") { $0.runs[$1].ttft.median },
            Column(name: "TTFT P99") { $0.runs[$1].ttft.percentile(99) },
            Column(name: "TPOT P50") { $0.runs[$1].tpot.median },
            Column(name: "TPOT P99") { $0.runs[$1].tpot.percentile(99) },
            Column(name: "slow TTFT %") { $0.slowTTFT[$1] * 100 },
            Column(name: "slow TPOT %") { $0.slowTPOT[$1] * 100 },
            Column(name: "tokens/s") { $0.runs[$1].outputTokensPerSecond },
            Column(name: "drops") { Double($0.runs[$1].counters.drops) },
            Column(name: "preempted") { sweep, run in
                Double(sweep.runs[run].counters.preemptions + sweep.runs[run].counters.swaps)
            },
        ]
    }
}

// MARK: - Tables

extension Sweep {
    var text: String { "\n" + table.text + "\n\n" + note }

    var markdown: String { "# \(plan.scenario.name)\n\n" + table.markdown + "\n\n" + note + "\n" }

    private var note: String {
        "times in milliseconds; median (least-most) over \(plan.seeds.count) seed(s); slow: above "
            + "\(plan.scenario.objectives.factor) x the best median of a baseline, or without an "
            + "answer"
    }

    private var table: TextTable {
        var table = TextTable(["rate", "policy"] + Self.columns.map(\.name), names: 2)
        let (policies, seeds) = (plan.policies.count, plan.seeds.count)
        for (place, rate) in plan.rates.enumerated() {
            for policy in 0..<policies {
                let numbers = (0..<seeds).map { (place * seeds + $0) * policies + policy }
                let cells = Self.columns.map { cell($0, numbers) }
                table.add([Comparison.short(rate), plan.policies[policy].name] + cells)
            }
        }
        return table
    }

    private func cell(_ column: Column, _ runs: [Int]) -> String {
        let values = Distribution(runs.map { column.value(self, $0) })
        let median = Comparison.short(values.median)
        guard let least = values.values.first, let most = values.values.last, least < most else {
            return median
        }
        return "\(median) (\(Comparison.short(least))-\(Comparison.short(most)))"
    }

    /// One line for each run.
    var csv: String {
        let head =
            "policy,seed,rate,requests,completed,rejected,failed,unfinished,ttft_p50_ms,"
            + "ttft_p90_ms,ttft_p99_ms,ttft_p999_ms,tpot_p50_ms,tpot_p90_ms,tpot_p99_ms,"
            + "tpot_p999_ms,slow_ttft,slow_tpot,output_tokens_per_s,drops,restores,preemptions,"
            + "swaps,recomputed_tokens,relocations,transferred_bytes,loaded_bytes,bubble_share,"
            + "mean_kv,peak_kv,virtual_s,real_s,fingerprint,relocated_bytes,stall_total_s,"
            + "stall_p50_ms,stall_p99_ms,mean_busy_instances,busy_instance_hours,"
            + "instance_hours,scale_outs,scale_ins,recomputed_moves,gap_p99_ms,gap_p999_ms"
        return ([head] + runs.indices.map(line)).joined(separator: "\n") + "\n"
    }

    private func line(_ number: Int) -> String {
        let run = runs[number]
        let counters = run.counters
        let percentiles = [run.ttft, run.tpot].flatMap { values in
            [50, 90, 99, 99.9].map { NumberText.fixed(values.percentile($0), 3) }
        }
        let counts = [
            run.requests, run.completed, run.rejected, run.failed, run.unfinished,
        ].map(String.init)
        let doings = [
            counters.drops, counters.restores, counters.preemptions, counters.swaps,
            counters.recomputedTokens, counters.relocations, counters.transferredBytes.bytes,
            counters.loadedBytes.bytes,
        ].map(String.init)
        let shares = [slowTTFT[number], slowTPOT[number]].map { NumberText.fixed($0, 6) }
        let name = [plan.policies[run.job.policy].name, "\(run.job.seed)", "\(run.job.rate)"]
        let rest = [
            counters.bubbleShare.map { NumberText.fixed($0, 6) } ?? "",
            NumberText.fixed(run.meanUsage, 6), NumberText.fixed(run.peakUsage, 6),
            NumberText.fixed(run.virtualSeconds, 6), NumberText.fixed(run.realSeconds, 3),
            String(run.fingerprint, radix: 16), "\(counters.relocatedBytes.bytes)",
            NumberText.fixed(counters.stalls.sum.seconds, 6),
            NumberText.fixed(run.stalls.median, 3),
            NumberText.fixed(run.stalls.percentile(99), 3),
            NumberText.fixed(run.busyInstances, 6), NumberText.fixed(run.busyInstanceHours, 6),
            NumberText.fixed(counters.instanceTime.seconds / 3600, 6), "\(counters.scaleOuts)",
            "\(counters.scaleIns)", "\(counters.recomputedMoves)",
            NumberText.fixed(run.gaps.percentile(99), 3),
            NumberText.fixed(run.gaps.percentile(99.9), 3),
        ]
        let rate = [NumberText.fixed(run.outputTokensPerSecond, 3)]
        return (name + counts + percentiles + shares + rate + doings + rest)
            .joined(separator: ",")
    }

    /// One line for each cohort of each run.
    var cohortsCSV: String {
        let head = "policy,seed,rate," + CohortFigures.columns
        let lines = runs.flatMap { run in
            run.cohorts.map {
                "\(plan.policies[run.job.policy].name),\(run.job.seed),\(run.job.rate),\($0.csv)"
            }
        }
        return ([head] + lines).joined(separator: "\n") + "\n"
    }
}
