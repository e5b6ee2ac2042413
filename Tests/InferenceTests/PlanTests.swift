import Domain
import Testing

@testable import Inference

/// The division of the budget.
struct PlanTests {
    func executor(
        _ name: String, _ change: (inout ExecutorOptions) -> Void
    ) throws -> CPUStageExecutor {
        try CPUStageExecutor(Fixture(name)) { options in
            options.budget = .mebibytes(16)
            options.computeType = .bf16
            options.maxBatchedTokens = 64
            change(&options)
        }
    }

    @Test(arguments: Fixture.names)
    func everyPageIsAccountedFor(name: String) throws {
        let executor = try executor(name) { _ in }
        let plan = executor.plan
        let kvPages = plan.kvPagesPerLayer * executor.stage.layers.count
        let used = plan.weightPages + plan.workspacePages + kvPages
        #expect(used + executor.memory.freePageCount == plan.pageCount)
        #expect(executor.memory.freePageCount < executor.stage.layers.count)
        #expect(executor.blockCount(of: executor.stage.layers) == plan.blockCount)
        executor.checkInvariants()
    }

    @Test func tiedWeightsAreInMemoryOnce() throws {
        let plan = try executor("qwen2") { _ in }.plan
        let head = try #require(plan.units.last)
        #expect(head.unit == .head && head.bytes.bytes < 1024)
    }

    @Test func aSmallBudgetSaysWhatIsNeeded() throws {
        let error = try #require(throws: MemoryPlanError.self) {
            try executor("llama2") { $0.budget = .kibibytes(256) }
        }
        #expect(error.description.contains("is too small: needs at least"))
        // What it says is enough, and a page less is not.
        let page = ByteCount.kibibytes(64)
        #expect(try executor("llama2") { $0.budget = error.needed }.plan.blockCount >= 1)
        #expect(throws: MemoryPlanError.self) {
            try executor("llama2") { $0.budget = error.needed - page }
        }
    }

    @Test func optionsOutOfBoundsAreErrors() throws {
        let changes: [(inout ExecutorOptions) -> Void] = [
            { $0.blockSize = 8 }, { $0.blockSize = 17 }, { $0.blockSize = -16 },
            { $0.maxBatchedTokens = 0 }, { $0.maxModelLength = 257 }, { $0.maxModelLength = 0 },
            { $0.threads = 0 }, { $0.maxBlocks = 0 }, { $0.tier = "abacus" },
            { $0.budget = ByteCount(-1) }, { $0.maxBatchedTokens = .max },
        ]
        for change in changes {
            let error = #expect(throws: OptionError.self) { try executor("llama2", change) }
            #expect(error?.description.contains("expected") == true)
        }
    }

    @Test func maxBlocksLimitsTheKV() throws {
        let executor = try executor("llama2") { $0.maxBlocks = 5 }
        #expect(executor.blockCount(of: executor.stage.layers) == 5)
    }

    /// What planning is told adds up to the budget.
    @Test(arguments: Fixture.names)
    func theShapeIsExact(name: String) throws {
        let executor = try executor(name) { _ in }
        let shape = executor.memoryShape
        #expect(shape.pageCount == executor.memory.pageCount)
        #expect(shape.sparePages == executor.memory.freePageCount)
        #expect(shape.pageSize == executor.memory.pageSize)
        #expect(shape.blockCount(pagesPerLayer: shape.kvPagesPerLayer) == executor.plan.blockCount)
        #expect(shape.sharesEmbedding == executor.configuration.tiedEmbeddings)
        for unit in executor.stage.units {
            let bytes = executor.memoryView.unit(unit)
            #expect(executor.memory.pages(for: ByteCount(bytes.count)) == shape.pages(of: unit))
        }
    }

    @Test func loadingTellsHowFarItIs() throws {
        let fixture = try Fixture("llama_mqa")
        var options = ExecutorOptions(budget: .mebibytes(16))
        options.maxBatchedTokens = 64
        var heard: [ByteCount] = []
        _ = try CPUStageExecutor(
            fixture.configuration, checkpoint: Checkpoint(fixture.directory),
            stage: .whole(layerCount: fixture.configuration.layerCount), options: options
        ) { done, total in
            heard.append(total - done)
        }
        #expect(heard.count > 2 && heard.last == .zero && heard == heard.sorted(by: >))
    }
}
