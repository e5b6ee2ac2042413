import Domain
import Inference
import TestSupport

@testable import Runtime

/// One generation on a fake fleet, greedy.
struct FakeSequence {
    let id: SequenceID
    let prompt: [TokenID]
    private(set) var tokens: [TokenID]
    /// Positions that have been given to steps.
    private var computed = 0
    let record: SequenceRecord

    init(index: Int, prompt: [TokenID]) {
        id = SequenceID(index: index)
        self.prompt = prompt
        tokens = prompt
        var sampling = SamplingParameters()
        sampling.temperature = 0
        let request = GenerationRequest(
            id: RequestID(UInt64(index)), prompt: prompt, sampling: sampling,
            stop: StopConditions(maxTokens: 64))
        record = SequenceRecord(
            request: request, stream: AsyncStream.makeStream(of: GenerationEvent.self).1,
            arrived: .zero)
    }

    static func random(index: Int, seed: Int) -> FakeSequence {
        var random = SplitMix64(seed: seed &* 1000 &+ index)
        let prompt = (0..<Int.random(in: 1...9, using: &random)).map { _ in
            TokenID(UInt32.random(in: 0..<UInt32(FakeExecutor.vocabularySize), using: &random))
        }
        return FakeSequence(index: index, prompt: prompt)
    }

    var generated: ArraySlice<TokenID> { tokens[prompt.count...] }

    /// Sequences own 16 blocks on every instance, in another order on each stage.
    func block(_ index: Int, stage: Int) -> BlockID {
        BlockID(index: id.index * 16 + (index * 5 + stage * 3) % 16)
    }

    /// All tokens that no step has had, as an entry of `step`; tables for its stages are made by
    /// `Step.init(_:group:id:stages)`.
    mutating func entry(firstToken: Int, firstBlock: Int) -> StepEntry {
        let count = tokens.count - computed
        let blocks = blocksNeeded(for: tokens.count, blockSize: FakeExecutor.blockSize)
        defer { computed = tokens.count }
        return StepEntry(
            sequence: id, firstPosition: computed, tokens: firstToken..<firstToken + count,
            blocks: firstBlock..<firstBlock + blocks,
            output: StepOutput(sample: true, promptLogprobs: false))
    }

    mutating func append(_ token: TokenID) { tokens.append(token) }

    /// A step of these sequences for a group of so many stages.
    static func step(
        _ sequences: inout [FakeSequence], _ chosen: [Int], id: StepID, group: GroupID,
        stageCount: Int
    ) -> Step {
        var step = Step(id: id, group: group, stageCount: stageCount)
        var length = 0
        for index in chosen {
            let entry = sequences[index].entry(
                firstToken: step.tokens.count, firstBlock: length)
            let known = sequences[index].tokens
            step.tokens += known[entry.firstPosition...]
            length += entry.blocks.count
            step.entries.append(entry)
        }
        for stage in 0..<stageCount {
            for (index, entry) in zip(chosen, step.entries) {
                step.blocks += (0..<entry.blocks.count).map {
                    sequences[index].block($0, stage: stage)
                }
            }
        }
        return step
    }
}
