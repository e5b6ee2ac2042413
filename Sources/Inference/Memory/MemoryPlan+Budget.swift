package import Domain

extension MemoryPlan {
    /// The budget that holds the weights and the workspace of a stage and `kv` bytes of KV;
    /// `options.budget` is ignored.
    package static func budget(
        _ model: ModelConfiguration, stage: StageRange, options: ExecutorOptions, kv: ByteCount
    ) throws(OptionError) -> ByteCount {
        var probe = options
        probe.budget = .zero
        try probe.validate(model)
        let layout = StageLayout(model, stage: stage, type: options.computeType)
        let workspace = WorkspaceLayout(
            model, layout: layout, options: options,
            threads: options.threads ?? Platform.processorCount)
        let block = model.kvBytesPerToken(options.computeType) * options.blockSize
        let layers = max(1, stage.layers.count)
        let perLayer = ByteCount(max(block, kv.bytes / layers))
        let parts = stage.units.map { ByteCount(layout.unit($0)?.byteCount ?? 0) }
        let all = parts + [ByteCount(workspace.byteCount)]
        // Page sizes grow with the budget, so a second look may round up more.
        var budget = kv + all.reduce(.zero, +)
        for _ in 0..<2 {
            let page = PagePool.defaultPageSize(budget: budget)
            let fixed = all.reduce(ByteCount.zero) { $0 + $1.roundedUp(to: page) }
            budget = fixed + perLayer.roundedUp(to: page) * layers
        }
        return budget
    }
}
