internal import Domain
package import Inference
internal import Scheduling

/// Measures the steps of one executor and fits the cost model to them.
package struct Profiler {
    package var model: String
    /// About how long to measure.
    package var seconds = 60.0
    /// Chooses steps, their order, and those held out.
    package var seed: UInt64 = 0

    package init(model: String) {
        self.model = model
    }

    /// One profile and what it is made of.
    package struct Outcome {
        package var profile: CostProfile
        package var measurements: [Measurement]
    }

    /// Throws `RuntimeError` when the time is too short for this model, or what the executor
    /// throws.
    ///
    /// - Parameter progress: hears the share of the time that has passed.
    package func run(
        on executor: CPUStageExecutor, progress: (Double) -> Void = { _ in }
    ) throws -> Outcome {
        var random = ProfileRandom(seed: seed)
        let stopwatch = ProfileStopwatch(executor: executor)
        let grid = ProfileGrid(executor)
        let steps = try choose(from: grid, estimate: stopwatch.calibrate(), &random)
        var measurements = try measure(steps, with: stopwatch, &random, progress)
        holdOut(&measurements, &random)
        let copy = try CopyBandwidth.measure(piece: ByteCount(executor.memoryView.blockBytes))
        return Outcome(
            profile: try profile(measurements, executor, copyBytesPerSecond: copy),
            measurements: measurements)
    }

    private func profile(
        _ measurements: [Measurement], _ executor: CPUStageExecutor, copyBytesPerSecond: Double
    ) throws(RuntimeError) -> CostProfile {
        let training = measurements.filter { !$0.isHeldOut }.map(\.sample)
        guard let costs = CostModelFit.fit(training), let blind = CostModelFit.fitBlind(training)
        else {
            throw RuntimeError(
                .badOption,
                "\(seconds) s, sequences of \(executor.maxModelLength) and steps of "
                    + "\(executor.options.maxBatchedTokens) tokens are too little to profile "
                    + model)
        }
        func error(of model: BatchCostModel, on kind: ProfileStep.Kind) -> CostError {
            let unseen = measurements.filter { $0.isHeldOut && $0.step.kind == kind }
            return CostError(of: model, on: unseen.map(\.sample))
        }
        let filling = FillPoint(measurements)
        return CostProfile(
            model: model, computeType: executor.options.computeType.rawValue,
            tier: executor.tier.name, threads: executor.pool.threadCount,
            maxBatchedTokens: executor.options.maxBatchedTokens, costs: costs,
            minTokens: filling.tokens, promptTokensPerSecond: filling.tokensPerSecond,
            copyBytesPerSecond: copyBytesPerSecond,
            errors: CostProfile.Errors(
                prompt: error(of: costs, on: .prompt), blindPrompt: error(of: blind, on: .prompt),
                decode: error(of: costs, on: .decode), mixed: error(of: costs, on: .mixed)))
    }
}

extension ProfileGrid {
    init(_ executor: CPUStageExecutor) {
        self.init(
            maxTokens: executor.options.maxBatchedTokens, maxLength: executor.maxModelLength,
            blockSize: executor.options.blockSize,
            blockCount: executor.blockCount(of: executor.stage.layers))
    }
}
