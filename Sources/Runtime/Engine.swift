package import Cluster
package import Domain
package import Inference
internal import Planning
internal import Scheduling

/// The executors of a cell with the model in place, and the cell's configuration that fits them.
package struct Engine {
    package let model: ModelConfiguration
    package let defaults: GenerationDefaults
    package let executors: [CPUStageExecutor]
    package let cell: CellConfiguration
    /// Where parameters come from that no other instance holds.
    package let files: ModelFiles
    /// Makes further instances like the first ones.
    package let provisioner: InProcessProvisioner

    /// Reads the model's files and loads every instance. Errors name the file or the flag.
    ///
    /// - Parameter progress: hears how much of all instances' weights is in place.
    package init(
        _ configuration: EngineConfiguration,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws(RuntimeError) {
        do {
            try self.init(loading: configuration, progress: progress)
        } catch {
            throw RuntimeError(wrapping: error)
        }
    }

    private init(
        loading configuration: EngineConfiguration,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void
    ) throws {
        try configuration.validate()
        model = try ModelConfiguration(configuration.model)
        defaults = try GenerationDefaults(configuration.model)
        let stage = StageRange.whole(layerCount: model.layerCount)
        let options = try configuration.executorOptions(for: model, stage: stage)
        files = ModelFiles(try Checkpoint(configuration.model))
        provisioner = InProcessProvisioner(
            model, files: files, options: options,
            capacity: configuration.machineMemory ?? Platform.availableMemory)
        var executors: [CPUStageExecutor] = []
        let start = ContinuousClock.now
        for index in 0..<configuration.instances {
            let executor = try provisioner.provideAtStart { done, total in
                progress(total * index + done, total * configuration.instances)
            }
            executors.append(executor)
        }
        let loadTime = start.duration(to: .now) / configuration.instances
        self.executors = executors
        var cell = try configuration.cell(
            for: model, shape: executors[0].memoryShape, loadTime: loadTime)
        try configuration.profileTransfers(of: executors.first, for: &cell)
        self.cell = cell
    }

    /// Chooses tokens for the model.
    package var sampler: Sampler {
        Sampler(vocabularySize: model.vocabularySize, tier: executors[0].tier)
    }
}

extension RuntimeError {
    /// The errors of `Inference` say what is wrong and where; here they get their kind.
    init(wrapping error: any Error) {
        let code: Code? =
            switch error {
            case is ModelFileError: .badModel
            case is OptionError: .badOption
            case is MemoryPlanError, is DeviceMemoryError: .outOfMemory
            default: nil
            }
        self =
            error as? RuntimeError
            ?? RuntimeError(code ?? .badModel, String(describing: error))
    }
}
