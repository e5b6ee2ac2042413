package import Domain

/// How a budget is divided: weights unit by unit, the workspace, and KV with the rest.
package struct MemoryPlan: Sendable {
    package let pageSize: ByteCount
    /// Pages of the whole budget.
    package let pageCount: Int
    package let units: [UnitMemory]
    package let workspacePages: Int
    /// KV pages of each layer.
    package let kvPagesPerLayer: Int
    /// Bytes of one block in one layer.
    package let blockBytes: ByteCount
    package let blockCount: BlockCount

    /// What the weights of one unit take.
    package struct UnitMemory: Hashable, Sendable {
        package var unit: ParameterUnit
        package var bytes: ByteCount
        /// Pages of its range: what dropping it frees.
        package var pages: Int
    }

    package var weightPages: Int { units.reduce(0) { $0 + $1.pages } }

    init(
        _ model: ModelConfiguration, layout: StageLayout, workspace: ByteCount,
        options: ExecutorOptions
    ) throws(MemoryPlanError) {
        let pageSize = PagePool.defaultPageSize(budget: options.budget)
        self.pageSize = pageSize
        pageCount = options.budget.bytes / pageSize.bytes
        units = layout.stage.units.map { unit in
            let bytes = ByteCount(layout.unit(unit)?.byteCount ?? 0)
            return UnitMemory(
                unit: unit, bytes: bytes, pages: Self.pages(bytes.bytes, pageSize))
        }
        workspacePages = Self.pages(workspace.bytes, pageSize)
        let tokenBytes = model.kvBytesPerToken(options.computeType)
        let block = tokenBytes * options.blockSize
        blockBytes = ByteCount(block)
        let layers = max(1, layout.stage.layers.count)
        let fixed = units.reduce(workspacePages) { $0 + $1.pages }
        let fitting = max(0, pageCount - fixed) / layers
        let limit = options.maxBlocks.map { Self.pages($0 * block, pageSize) }
        kvPagesPerLayer = min(fitting, limit ?? fitting)
        let blocks = kvPagesPerLayer * pageSize.bytes / block
        blockCount = min(blocks, options.maxBlocks ?? blocks)
        guard blockCount > 0 else {
            let least = fixed + layers * Self.pages(block, pageSize)
            throw MemoryPlanError(
                budget: options.budget,
                needed: pageSize * least,
                weights: pageSize * (fixed - workspacePages),
                workspace: pageSize * workspacePages)
        }
    }

    private static func pages(_ bytes: Int, _ pageSize: ByteCount) -> Int {
        ByteCount(bytes).roundedUp(to: pageSize).bytes / pageSize.bytes
    }
}

/// The budget does not hold the weights, the workspace and one block of KV.
package struct MemoryPlanError: Error, Hashable, CustomStringConvertible {
    package var budget: ByteCount
    package var needed: ByteCount
    package var weights: ByteCount
    package var workspace: ByteCount

    package var description: String {
        "device memory of \(budget) is too small: needs at least \(needed) "
            + "(weights \(weights), workspace \(workspace), one KV block per layer)"
    }
}
