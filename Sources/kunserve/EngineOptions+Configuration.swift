internal import ArgumentParser
internal import Cluster
internal import Domain
internal import Inference
internal import Runtime
internal import Scheduling

extension EngineOptions {
    /// The directory of the model to serve.
    func directory() throws -> ModelDirectory {
        if let model { return ModelDirectory(path: model) }
        guard let demo = DemoModel.find() else {
            throw ValidationError("the demo model is not installed; give a directory with --model")
        }
        return demo
    }

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
        configuration.scheduler.blockSize = blockSize
        configuration.scheduler.maxBatchedTokens = maxNumBatchedTokens
        configuration.scheduler.maxRunning = maxNumSeqs
        configuration.scheduler.maxQueued = maxNumQueuedReqs
        configuration.scheduler.isPrefixCaching = enablePrefixCaching
        configuration.scheduler.order = schedulingPolicy
        configuration.scheduler.watermark = watermark
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
