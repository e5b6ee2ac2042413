internal import ArgumentParser
internal import Cluster
internal import Domain
internal import Inference
internal import Planning
internal import Runtime
internal import Scheduling

extension EngineOptions {
    /// What the model is called when nobody says otherwise.
    var name: String { model ?? DemoModel.name }

    func configuration(_ directory: ModelDirectory) throws -> EngineConfiguration {
        var configuration = EngineConfiguration(model: directory)
        configuration.instances = dataParallelSize
        configuration.computeType = dtype.computeType
        configuration.memory = try memory()
        configuration.threadsPerInstance = threadsPerInstance
        configuration.kernelTier = kernelTier
        configuration.maxModelLength = maxModelLen
        configuration.dispatch = dispatchPolicy
        configuration.scheduler.blockSize = blockSize
        configuration.scheduler.maxBatchedTokens = maxNumBatchedTokens
        configuration.scheduler.maxRunning = maxNumSeqs
        configuration.scheduler.maxQueued = maxNumQueuedReqs
        configuration.scheduler.isPrefixCaching = enablePrefixCaching
        configuration.scheduler.order = schedulingPolicy
        configuration.scheduler.watermark = watermark
        try overload.apply(to: &configuration)
        migration.apply(to: &configuration)
        scaling.apply(to: &configuration)
        return configuration
    }

    private func memory() throws -> EngineConfiguration.InstanceMemory {
        switch (memoryPerInstance, kvCacheMemoryBytes) {
        case (nil, nil): return .automatic
        case (let budget?, nil): return .budget(budget)
        case (nil, let cache?): return .kvCache(cache)
        case (_?, _?):
            throw ValidationError(
                "--memory-per-instance and --kv-cache-memory-bytes exclude each other")
        }
    }
}
