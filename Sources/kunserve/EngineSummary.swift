internal import Cluster
internal import Domain
internal import Gateway
internal import Inference
internal import Runtime
internal import Scheduling

/// What an engine is, for the start-up banner and reports.
struct EngineSummary {
    let name: String
    let computeType: ComputeType
    let tier: String
    let threads: Int
    let instances: Int
    let maxModelLength: TokenCount
    let blockCount: BlockCount
    let blockSize: TokenCount
    let weights: ByteCount
    let workspace: ByteCount
    let cache: ByteCount

    init(_ engine: Engine, name: String) {
        let executor = engine.executors[0]
        let plan = executor.plan
        self.name = name
        computeType = executor.options.computeType
        tier = executor.tier.name
        threads = executor.pool.threadCount
        instances = engine.executors.count
        maxModelLength = engine.cell.scheduler.maxModelLength
        blockCount = plan.blockCount
        blockSize = engine.cell.scheduler.blockSize
        weights = plan.pageSize * plan.weightPages
        workspace = plan.pageSize * plan.workspacePages
        cache = plan.pageSize * (plan.kvPagesPerLayer * engine.model.layerCount)
    }
}

extension ServerAssembly {
    /// What an operator wants to know at start.
    func banner(port: Int, elapsed: Duration) -> String {
        let summary = engine
        let each = summary.instances == 1 ? "" : " each"
        let slots = summary.blockCount * summary.blockSize
        let total = summary.weights + summary.cache + summary.workspace
        let seconds = Double(elapsed.nanoseconds / 10_000_000) / 100
        return """

            KunServe \(Version.current)
              model      \(summary.name), up to \(summary.maxModelLength) tokens
              compute    \(summary.computeType.rawValue), kernels \(summary.tier), \
            \(summary.instances) instance(s), \(summary.threads) thread(s)\(each)
              memory     \(total)\(each): weights \(summary.weights), \
            KV cache \(summary.cache) (\(summary.blockCount) blocks, \(slots) tokens), \
            workspace \(summary.workspace)
              ready      http://\(gatewayConfiguration.host):\(port)/v1 after \(seconds) s


            """
    }
}
