internal import CKernels
package import Domain

/// What one executor may use and how it computes.
package struct ExecutorOptions: Sendable {
    /// All memory of the executor: weights, KV and workspace.
    package var budget: ByteCount
    package var computeType: ComputeType = .bf16
    /// Token slots per KV block; a multiple of 16.
    package var blockSize: TokenCount = 16
    /// The most rows of one step.
    package var maxBatchedTokens: TokenCount = 2048
    /// The longest sequence; `nil` is what the model is made for.
    package var maxModelLength: TokenCount?
    /// `nil` is one per processor.
    package var threads: Int?
    /// A kernel tier by name; `nil` is the best one.
    package var tier: String?
    /// Use no more KV blocks than this; `nil` is all that fit.
    package var maxBlocks: BlockCount?

    /// How much of a step goes through the MLP and the head at a time; bounds the workspace.
    var mlpRows = 512
    var logitMemory = ByteCount.mebibytes(64)

    package init(budget: ByteCount) {
        self.budget = budget
    }

    func validate(_ model: ModelConfiguration) throws(OptionError) {
        let tile = Int(CK_TILE)
        guard blockSize >= tile, blockSize <= 4096, blockSize.isMultiple(of: tile) else {
            throw .outOfBounds(
                option: "block size", value: blockSize, expected: "a multiple of \(tile) to 4096")
        }
        try check("max batched tokens", maxBatchedTokens, 1...1 << 20)
        try check("max model length", maxModelLength ?? 1, 1...model.maxPositions)
        try check("threads", threads ?? 1, 1...1024)
        try check("max KV blocks", maxBlocks ?? 1, 1...Int(UInt32.max))
        try check("device memory", budget.bytes, 0...1 << 50)
    }

    private func check(
        _ option: String, _ value: Int, _ bounds: ClosedRange<Int>
    ) throws(OptionError) {
        guard bounds.contains(value) else {
            throw .outOfBounds(
                option: option, value: value,
                expected: "\(bounds.lowerBound) to \(bounds.upperBound)")
        }
    }
}
