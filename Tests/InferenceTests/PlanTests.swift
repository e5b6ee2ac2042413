import Domain
import Testing

@testable import Inference

/// The division of the budget, and dropping and loading of units.
struct PlanTests {
    func executor(
        _ name: String, _ change: (inout ExecutorOptions) -> Void
    ) throws -> CPUStageExecutor {
        let fixture = try Fixture(name)
        var options = ExecutorOptions(budget: .mebibytes(16))
        options.threads = 1
        options.maxBatchedTokens = 64
        change(&options)
        return try CPUStageExecutor(
            fixture.configuration, checkpoint: Checkpoint(fixture.directory),
            stage: .whole(layerCount: fixture.configuration.layerCount), options: options)
    }

    @Test(arguments: Fixture.names)
    func everyPageIsAccountedFor(name: String) throws {
        let executor = try executor(name) { _ in }
        let plan = executor.plan
        let kvPages = plan.kvPagesPerLayer * executor.stage.layers.count
        let used = plan.weightPages + plan.workspacePages + kvPages
        #expect(used + executor.memory.freePageCount == plan.pageCount)
        #expect(executor.memory.freePageCount < executor.stage.layers.count)
        #expect(executor.blockCount == plan.blockCount)
        executor.memory.checkInvariants()
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
        #expect(try executor("llama2") { $0.budget = error.needed }.blockCount >= 1)
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
        #expect(executor.blockCount == 5)
    }

    /// Drop layers, give their pages to the KV, take them back, load the layers again.
    @Test func droppedWeightsBecomeKVAndComeBack() throws {
        let fixture = try Fixture("llama_mqa")
        let executor = try executor("llama_mqa") { $0.computeType = .f32 }
        let blocks = executor.blockCount
        let units = executor.plan.units
        let freed = units[1].pages + units[2].pages
        let free = executor.memory.freePageCount
        executor.weights.drop(layer: 0)
        executor.weights.drop(layer: 1)
        #expect(executor.memory.freePageCount == free + freed)
        let pages = executor.memory.freePageCount / executor.stage.layers.count
        try executor.kv.grow(pages: pages)
        let block = executor.kv.blockBytes.bytes
        let expected =
            (executor.plan.kvPagesPerLayer + pages) * executor.plan.pageSize.bytes / block
        #expect(executor.blockCount == expected && expected > blocks)
        try executor.kv.shrink(pages: pages)
        var heard: [ByteCount] = []
        try executor.weights.load(
            [.layer(0), .layer(1), .layer(2)], from: Checkpoint(fixture.directory),
            pool: executor.pool
        ) { done, total in
            heard.append(total - done)
        }
        #expect(heard.last == .zero && heard == heard.sorted(by: >))
        #expect(executor.blockCount == blocks)
        executor.memory.checkInvariants()
        try expectGolden(fixture, executor)
    }

    private func expectGolden(_ fixture: Fixture, _ executor: CPUStageExecutor) throws {
        var step = Step(id: StepID(0), group: GroupID(0))
        step.tokens = fixture.prompt
        step.blocks = [0, 2, 1].map { BlockID($0) }
        let output = StepOutput(sample: true, promptLogprobs: false)
        step.entries = [
            StepEntry(
                sequence: SequenceID(0), firstPosition: 0, tokens: 0..<fixture.prompt.count,
                blocks: 0..<3, output: output)
        ]
        try executor.run(step, input: nil) { output in
            guard case .logits(let rows) = output else { return }
            #expect(relativeError(Array(rows[0]), fixture.logits[4]) < 1e-4)
        }
    }
}
