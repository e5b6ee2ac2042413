package import Domain
package import Inference
internal import Synchronization

/// Instances of this process: each has a memory of its own, and loads its parameters from the
/// model's files, which the system may still have in its cache.
package final class InProcessProvisioner: Provisioner {
    private let model: ModelConfiguration
    private let stage: StageRange
    private let options: ExecutorOptions
    private let files: ModelFiles
    /// What all instances together may take.
    private let capacity: ByteCount
    /// Instances that there are or that are being made.
    private let count = Mutex(0)

    /// - Parameters:
    ///   - options: Of every instance.
    ///   - capacity: Memory for all instances together.
    init(
        _ model: ModelConfiguration, files: ModelFiles, options: ExecutorOptions,
        capacity: ByteCount
    ) {
        self.model = model
        self.files = files
        self.options = options
        self.capacity = capacity
        stage = StageRange.whole(layerCount: model.layerCount)
    }

    /// An instance of the start, which is made whatever the memory: who asks for more than there is
    /// may have reasons.
    func provideAtStart(
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void
    ) throws -> CPUStageExecutor {
        let executor = try CPUStageExecutor(
            model, checkpoint: files.checkpoint, stage: stage, options: options,
            progress: progress)
        count.withLock { $0 += 1 }
        return executor
    }

    package func provide(
        _ instance: InstanceID, isCancelled: @Sendable () -> Bool
    ) throws(RuntimeError) -> any StageExecutor {
        try takeMemory()
        do {
            return try load(isCancelled: isCancelled)
        } catch {
            takeBack(instance)
            throw RuntimeError(wrapping: error)
        }
    }

    package func takeBack(_ instance: InstanceID) { count.withLock { $0 -= 1 } }

    /// Units come one by one, so that a server that stops does not wait for a large model.
    private func load(isCancelled: () -> Bool) throws -> CPUStageExecutor {
        let executor = try CPUStageExecutor(
            model, checkpoint: files.checkpoint, stage: stage, options: options, loading: [])
        for unit in stage.units {
            guard !isCancelled() else { throw RuntimeError(.stopped, "the server stops") }
            try executor.load([unit], from: files.checkpoint)
        }
        return executor
    }

    /// The system gives memory when it is first written, so what is free now says too little: it
    /// may have been promised to others.
    private func takeMemory() throws(RuntimeError) {
        let budget = options.budget
        let promised = count.withLock { count in
            let promised = budget * count
            if promised + budget <= capacity { count += 1 }
            return promised
        }
        guard promised + budget > capacity else { return }
        throw RuntimeError(
            .outOfMemory,
            "an instance takes \(budget), and of the \(capacity) of memory that there were at "
                + "the start the others take \(promised)")
    }
}
