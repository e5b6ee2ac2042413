package import Cluster
package import Domain
package import Inference
package import Planning
package import Scheduling

/// How an engine is to be built: flags after parsing, before any file is read.
package struct EngineConfiguration: Sendable {
    package var model: ModelDirectory
    /// Instances at the start.
    package var instances = 1
    /// Instances at most, the first ones among them; `nil` is as many as at the start.
    package var maxInstances: Int?
    /// Who decides how many there are. Its maximum is `maxInstances`.
    package var autoscaling = AutoscalingConfiguration()
    /// Memory for all instances together; `nil` is what the machine has left at the start.
    package var machineMemory: ByteCount?
    package var computeType: ComputeType = .bf16
    package var memory: InstanceMemory = .automatic
    /// Compute threads of each instance; `nil` shares the processors among the instances.
    package var threadsPerInstance: Int?
    package var kernelTier: String?
    package var dispatch: DispatchPolicy = .freeness
    /// Limits of each group; its `maxModelLength` is replaced by the model's unless set here.
    package var scheduler = SchedulerConfiguration(maxModelLength: 0)
    package var maxModelLength: TokenCount?
    package var overloadPolicy: OverloadPolicy = .drop
    package var overload = OverloadConfiguration()
    /// Who moves sequences that could stay.
    package var relocationPolicy: RelocationPolicy = .llumnix
    package var packingPolicy: PackingPolicy = .mell
    /// What moves may load is measured when the engine is built.
    package var packing = PackingConfiguration()
    package var migration = MigrationConfiguration()
    package var relocation = RelocationConfiguration()
    /// How a pipeline cuts prompts into steps, and what is known of their cost: measured by
    /// `kunserve profile`, or reckoned from the model's shape.
    package var batchFormation: BatchFormation = .lookahead
    package var profile: CostProfile?
    /// Stages of each group under the policy `static-pipeline`.
    package var pipelineStages = 2
    /// Host memory for sequences under the policy `swap`, and for batch requests that give way.
    package var swapSpace = ByteCount.zero

    package init(model: ModelDirectory) {
        self.model = model
    }

    /// How much memory an instance gets.
    package enum InstanceMemory: Hashable, Sendable {
        /// KV for every request that may run at its full length, as far as half of the machine's
        /// free memory allows, and no more than 4 GiB.
        case automatic
        /// Everything together.
        case budget(ByteCount)
        /// KV alone; weights and workspace come on top.
        case kvCache(ByteCount)
    }
}
