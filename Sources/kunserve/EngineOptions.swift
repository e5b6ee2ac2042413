internal import ArgumentParser
package import Domain
internal import Inference
internal import Planning
internal import Runtime
package import Scheduling

/// The flags that shape the engine; names and meanings follow vLLM where it has them.
struct EngineOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The same as --model.", valueName: "model", visibility: .default))
    var positionalModel: String?

    @Option(
        name: [.customShort("m"), .customLong("model")],
        help: ArgumentHelp(
            "Directory of a Hugging Face model. Without it, the demo model is served.",
            valueName: "directory"))
    var namedModel: String?

    @Option(help: "Compute type of weights and KV: auto, bf16 (bfloat16) or f32 (float32).")
    var dtype: ComputeTypeArgument = .auto

    @Option(help: "The most tokens, prompt and completion, of one request (default: the model's).")
    var maxModelLen: Int?

    @Option(help: "The most requests that run at once.")
    var maxNumSeqs = 256

    @Option(help: "The most tokens that one step computes; prompts are cut into such chunks.")
    var maxNumBatchedTokens = 512

    @Option(help: "The most requests that wait; further ones get a 503.")
    var maxNumQueuedReqs = 1024

    @Option(help: "Tokens per KV block, a multiple of 16.")
    var blockSize = 16

    @Flag(inversion: .prefixedNo, help: "Reuse the KV of equal prompt beginnings.")
    var enablePrefixCaching = true

    @Option(help: "Which waiting request is next: fcfs or priority.")
    var schedulingPolicy: QueueOrder = .firstComeFirstServed

    @Option(help: "Share of KV blocks kept free when a request is admitted.")
    var watermark = 0.01

    @Option(help: "Number of instances at the start, each with its own memory and threads.")
    var dataParallelSize = 1

    @Option(help: "Which instance takes a request.")
    var dispatchPolicy: DispatchPolicy = .freeness

    @Option(help: "All memory of one instance, such as 512MiB: weights, KV cache and workspace.")
    var memoryPerInstance: ByteCount?

    @Option(help: "Size of the KV cache of one instance, such as 4GiB.")
    var kvCacheMemoryBytes: ByteCount?

    @Option(help: "Compute threads of one instance (default: processors / most instances).")
    var threadsPerInstance: Int?

    @Option(help: "Kernels to use: avx512bf16, avx512, avx2, neon, scalar (default: the best).")
    var kernelTier: String?

    @OptionGroup(title: "Overload")
    var overload: OverloadOptions

    @OptionGroup(title: "Migration")
    var migration: MigrationOptions

    @OptionGroup(title: "Scaling")
    var scaling: ScalingOptions

    /// The directory, however it was given.
    var model: String? { namedModel ?? positionalModel }

    func validate() throws {
        if let positionalModel, let namedModel {
            throw ValidationError("two models given: \(positionalModel) and \(namedModel)")
        }
        let isPacking = dispatchPolicy == .pack || migration.relocationPolicy == .mell
        guard isPacking || scaling.autoscale != .packing else {
            throw ValidationError(
                "--autoscale is packing and nothing packs, expected --relocation-policy mell or "
                    + "--dispatch-policy pack with it")
        }
    }
}

/// `--dtype` with vLLM's spellings.
enum ComputeTypeArgument: String, ExpressibleByArgument, CaseIterable {
    case auto, bf16, bfloat16, f32, float32

    var computeType: ComputeType {
        switch self {
        case .auto, .bf16, .bfloat16: .bf16
        case .f32, .float32: .f32
        }
    }
}

extension QueueOrder: ExpressibleByArgument {}

extension DispatchPolicy: ExpressibleByArgument {}

extension ByteCount: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(parsing: argument)
    }
}
