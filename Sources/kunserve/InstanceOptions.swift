internal import ArgumentParser
internal import Inference
internal import Runtime

/// The flags of commands that measure one instance.
struct InstanceOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "Directory of a Hugging Face model (default: demo).")
    var model: String?

    @Option(help: "Compute type: auto, bf16 or f32.")
    var dtype: ComputeTypeArgument = .auto

    @Option(help: "Compute threads (default: one per processor).")
    var threads: Int?

    @Option(help: "Kernels to use (default: the best).")
    var kernelTier: String?

    /// The engine so far; memory and limits are the command's.
    func configuration() throws -> EngineConfiguration {
        var configuration = EngineConfiguration(model: try DemoModel.directory(at: model))
        configuration.computeType = dtype.computeType
        configuration.threadsPerInstance = threads
        configuration.kernelTier = kernelTier
        return configuration
    }
}
