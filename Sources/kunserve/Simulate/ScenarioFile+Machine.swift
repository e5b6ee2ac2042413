internal import ArgumentParser
internal import Benchmarking
internal import Cluster
internal import Domain
internal import Inference
internal import Runtime
internal import Scheduling
internal import Simulation

extension ScenarioFile {
    /// What the scenario runs on, with the memory that these flags want.
    func machine(_ flags: EngineFlags) throws -> ScenarioMachine {
        switch scenario.cluster.machine {
        case .preset(let name):
            guard let preset = ClusterPreset.named(name) else {
                throw ValidationError("\(path): no preset \(name)")
            }
            return try ScenarioMachine(preset, flags)
        case .processor(let processor): return try machine(processor, flags)
        }
    }

    /// This project's own engine: its memory as it would be, which takes loading the model once.
    private func machine(
        _ processor: ScenarioCluster.Processor, _ flags: EngineFlags
    ) throws -> ScenarioMachine {
        let file = locate(processor.profile)
        let profile = try CostProfile(
            json: JSON.parse(try SystemFile.read(file, limit: 1 << 24)), source: file)
        let directory = try DemoModel.directory(at: processor.model.map(locate))
        var configuration = EngineConfiguration(model: directory)
        configuration.profile = profile
        configuration.memory = try memory(flags)
        configuration.threadsPerInstance = processor.threadsPerInstance ?? profile.threads
        configuration.maxModelLength = flags.maxModelLen
        configuration.scheduler.blockSize = flags.blockSize ?? configuration.scheduler.blockSize
        configuration.scheduler.maxBatchedTokens =
            flags.maxNumBatchedTokens ?? configuration.scheduler.maxBatchedTokens
        let engine = try Engine(configuration)
        guard let lookahead = engine.cell.scheduler.lookahead else {
            throw ValidationError("\(file): no costs to form batches with")
        }
        return ScenarioMachine(
            device: "cpu \(profile.tier), \(profile.threads) thread(s)",
            model: processor.model ?? DemoModel.name,
            costModel: "kunserve profile of \(profile.model), \(profile.computeType)",
            vocabularySize: engine.cell.vocabularySize,
            maxModelLength: engine.cell.scheduler.maxModelLength, instanceCount: 1,
            blockSize: configuration.scheduler.blockSize,
            shape: engine.executors[0].memoryShape,
            costs: ClusterCosts(engine, profile: profile), batchCosts: lookahead.costs,
            fillingTokens: lookahead.minTokens, headCost: engine.cell.headCost)
    }

    /// A simulation must not depend on what is free on the machine that it runs on.
    private func memory(_ flags: EngineFlags) throws -> EngineConfiguration.InstanceMemory {
        switch (flags.memoryPerInstance, flags.kvCacheMemoryBytes) {
        case (let budget?, _): return .budget(budget)
        case (nil, let cache?): return .kvCache(cache)
        case (nil, nil):
            throw ValidationError(
                "\(path): cluster has no memory-per-instance and no kv-cache-memory-bytes, "
                    + "expected one of them for the preset cpu")
        }
    }
}
