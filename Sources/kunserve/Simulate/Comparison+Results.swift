internal import Benchmarking
internal import Domain
internal import Planning
internal import Simulation

extension Comparison {
    /// A policy's run with the keys of a measured one, and what only a simulation knows.
    func result(_ outcome: SimulationOutcome) -> BenchmarkResult {
        let job = outcome.figures.job
        let policy = plan.policies[job.policy].flags.overloadPolicy ?? .drop
        let run = RunRecord(outcome.result, policy: policy.rawValue)
        let machine = plan.machines[job.policy]
        var description = RunDescription(
            date: Host.timestamp, model: machine.model, endpoint: "simulation",
            workload: plan.scenario.name)
        description.backend = "simulation"
        description.label = name(outcome)
        description.requestRate = meanRate(outcome.result)
        description.seed = job.seed
        description.command = CommandLine.arguments
        description.violations = base
        description.engine = "sim"
        description.extras = extras(outcome, machine)
        return BenchmarkResult(description, run: run)
    }

    private func meanRate(_ result: SimulationResult) -> Double? {
        guard let first = result.arrivals.first?.time, let last = result.arrivals.last?.time,
            last > first
        else { return nil }
        return Double(result.arrivals.count - 1) / (last - first).seconds
    }

    private func extras(
        _ outcome: SimulationOutcome, _ machine: ScenarioMachine
    ) -> JSONObject {
        let (figures, result) = (outcome.figures, outcome.result)
        return [
            "scenario": .string(plan.scenario.name),
            "sim_seed": .string(String(figures.job.seed)),
            "rate_scale": .double(figures.job.rate),
            "gpu": .string(machine.device),
            "instances": .int(result.samples.first?.instances.count ?? 0),
            "cost_model": .string(machine.costModel),
            "constants": .object(constants(figures.job)),
            "virtual_duration": .double(figures.virtualSeconds),
            "real_duration": .double(figures.realSeconds),
            "fingerprint": .string(String(result.fingerprint, radix: 16)),
            "events": .int(result.eventCount),
            "ending": .string(figures.ending),
            "server_queue_ms": .object(queueTimes(result)),
            "preemptions": .array(result.requests.map { .int($0.preemptions) }),
            "cached_tokens": .array(result.requests.map { .int($0.cachedTokens) }),
            "mean_kv_usage": .double(figures.meanUsage),
            "peak_kv_usage": .double(figures.peakUsage),
            "mean_busy_instances": .double(figures.busyInstances),
            "busy_instance_hours": .double(figures.busyInstanceHours),
            "cohorts": .array(figures.cohorts.map { .object($0.json) }),
            "did": .object(figures.did),
        ]
    }

    /// Time in the cluster's queue, which is part of the time to the first token.
    private func queueTimes(_ result: SimulationResult) -> JSONObject {
        let values = Distribution(
            result.requests.lazy.compactMap { $0.queueTime?.seconds }.map { $0 * 1e3 })
        return [
            "mean": .double(values.mean), "p50": .double(values.median),
            "p90": .double(values.percentile(90)), "p99": .double(values.percentile(99)),
            "p99.9": .double(values.percentile(99.9)),
        ]
    }

    /// What decides latencies and hides in a cost model.
    private func constants(_ job: SimulationPlan.Job) -> JSONObject {
        var costs = plan.machines[job.policy].costs
        plan.scenario.cluster.costs.apply(to: &costs)
        func speed(_ link: LinkSpeed) -> JSON {
            [
                "bytes_per_second": .double(link.bytesPerSecond),
                "latency_s": .double(link.latency.seconds),
            ]
        }
        return [
            "block_size": .int(plan.machines[job.policy].blockSize),
            "request_overhead_s": .double(costs.requestOverhead.seconds),
            "step_overhead_s": .double(costs.stepOverhead),
            "memory_change_s": .double(costs.memoryChange.seconds),
            "chunk_s": .double(costs.links.chunkTime.seconds),
            "intra_node": speed(costs.links.intraNode), "inter_node": speed(costs.links.interNode),
            "host": speed(costs.links.host), "disk": speed(costs.links.disk),
        ]
    }
}

extension ClusterCosts {
    /// Seconds that the engine adds to every step of a stage.
    fileprivate var stepOverhead: Double {
        switch compute {
        case .fitted(let costs): costs.stepOverhead.seconds
        case .device(let model): model.cpuPerStep
        }
    }
}

extension RunFigures {
    fileprivate var did: JSONObject {
        var did = counters.json
        did["stall_total_s"] = .double(counters.stalls.sum.seconds)
        did["stall_p50_ms"] = .double(stalls.median)
        did["stall_p99_ms"] = .double(stalls.percentile(99))
        return did
    }
}

extension SimulationCounters {
    fileprivate var json: JSONObject {
        [
            "steps": .int(steps), "computed_tokens": .int(computedTokens), "drops": .int(drops),
            "failed_drops": .int(failedDrops), "restores": .int(restores),
            "failed_restores": .int(failedRestores), "preemptions": .int(preemptions),
            "recomputed_tokens": .int(recomputedTokens), "swaps": .int(swaps),
            "relocations": .int(relocations), "aborted_relocations": .int(abortedRelocations),
            "relocated_bytes": .int(relocatedBytes.bytes),
            "transfers": .int(transfers), "transferred_bytes": .int(transferredBytes.bytes),
            "loaded_units": .int(loadedUnits), "loaded_bytes": .int(loadedBytes.bytes),
            "memory_changes": .int(memoryChanges), "instance_requests": .int(instanceRequests),
            "scale_outs": .int(scaleOuts), "scale_ins": .int(scaleIns),
            "instance_hours": .double(instanceTime.seconds / 3600),
            "pipeline_busy_s": .double(pipelineBusy.seconds),
            "pipeline_bubble_s": .double(pipelineBubble.seconds),
        ]
    }
}
