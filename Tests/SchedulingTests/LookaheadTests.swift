import Domain
import TestSupport
import Testing

@testable import Scheduling

/// Batches of equal cost: what the paper's example gives, and what holds for any queue.
struct LookaheadTests {
    // MARK: The example

    /// KunServe §6.1: R0 to R3 have one token each, R4 has four. A token at position i costs
    /// (i + 2)/3, so the requests cost 1, 1, 1, 1 and 1 + 4/3 + 5/3 + 2 = 6.
    private static let toyCosts = BatchCostModel(
        perPair: 1.0 / 3, perToken: 2.0 / 3, perChunk: 0, shared: 0, decode: .free)

    private static let toy = (0..<5).map { chunk($0, count: $0 < 4 ? 1 : 4) }

    @Test(arguments: Lookahead.Partition.allCases)
    func thePapersExampleIsSplitIntoEqualCosts(partition: Lookahead.Partition) {
        let lookahead = Lookahead(
            costs: Self.toyCosts, minTokens: 5, maxTokens: 8, partition: partition)
        let batches = lookahead.formBatches(Self.toy)
        #expect(
            batches == [Self.toy[..<4] + [chunk(4, count: 1)], [chunk(4, prefix: 1, count: 3)]])
        for batch in batches { #expect(abs(Self.toyCosts.cost(of: batch) - 5) < 1e-12) }
    }

    @Test func byTokensThePapersExampleIsNotBalanced() {
        let costs = tokenCountBatches(Self.toy, budget: 4).map(Self.toyCosts.cost(of:))
        #expect(abs(costs[0] - 4) < 1e-12 && abs(costs[1] - 6) < 1e-12)
    }

    @Test func theCutOfASingleLongPromptSolvesTheQuadratic() {
        // p = 0: α·(c² + c)/2 = half of α·(4096² + 4096)/2 at c ≈ 4096/√2.
        let costs = BatchCostModel(
            perPair: 1, perToken: 1e-9, perChunk: 0, shared: 0, decode: .free)
        let lookahead = Lookahead(costs: costs, minTokens: 1, maxTokens: 1)
        let (first, second) = lookahead.split([chunk(0, count: 4096)])
        #expect(first == [chunk(0, count: 2896)])
        #expect(second == [chunk(0, prefix: 2896, count: 1200)])
    }

    // MARK: What holds for any queue

    /// (queued, in flight, decodes) of a pipeline of two with 1000 tokens a step: what a batch may
    /// have at least, unless it has all there is, and at most.
    @Test(
        arguments: [
            (400, 0, true, 200, 125), (200, 200, true, 200, 125), (30, 0, true, 15, 125),
            (30, 0, false, 100, 125), (3000, 1000, true, 2000, 250), (5000, 1000, true, 3000, 375),
            (90_000, 0, true, 45_000, 1000),
        ] as [(Int, Int, Bool, Int, Int)])
    func evenBatchesFollowTheDepthOfTheQueue(
        queued: Int, inFlight: Int, hasDecodes: Bool, least: Int, most: Int
    ) {
        let costs = BatchCostModel(
            perPair: 0, perToken: 1, perChunk: 100, shared: 0,
            decode: .init(perStep: 1, perSequence: 1, perContextToken: 1))
        var lookahead = Lookahead(costs: costs, minTokens: 700, maxTokens: 1000)
        lookahead.adapt(to: 2, queued: queued, inFlight: inFlight, hasDecodes: hasDecodes)
        #expect(lookahead.minTokens == least)
        #expect(lookahead.maxTokens == most)
        var halving = Lookahead(
            costs: costs, minTokens: 700, maxTokens: 1000, partition: .halving)
        let before = halving
        halving.adapt(to: 2, queued: queued, inFlight: inFlight, hasDecodes: hasDecodes)
        #expect(halving == before)
    }

    @Test(arguments: 0..<200)
    func aSplitIsTheBestThereIs(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let costs = BatchCostModel.random(&random)
        let chunks = randomQueue(&random, requests: 1...8, length: 1...40)
        guard tokenCount(chunks) > 1 else { return }
        let lookahead = Lookahead(costs: costs, minTokens: 1, maxTokens: 1)
        let (first, second) = lookahead.split(chunks)
        let difference = abs(costs.cost(of: first) - costs.cost(of: second))
        let best = (1..<tokenCount(chunks)).map { place in
            let (first, second) = cut(chunks, after: place)
            return abs(costs.cost(of: first) - costs.cost(of: second))
        }
        #expect(try difference <= #require(best.min()) + 1e-9)
        let boundary = try #require(second.first)
        let step = costs.cost(of: boundary.head(1))
        #expect(difference <= max(step, costs.cost(of: try #require(first.last).lastToken)) + 1e-9)
    }

    @Test(arguments: 0..<100, Lookahead.Partition.allCases)
    func everyTokenIsInOneBatchAndInOrder(seed: Int, partition: Lookahead.Partition) {
        var random = SplitMix64(seed: seed)
        let costs = BatchCostModel.random(&random)
        let chunks = randomQueue(&random, requests: 0...20, length: 1...3000)
        let lookahead = Lookahead(
            costs: costs, minTokens: .random(in: 1...600, using: &random),
            maxTokens: .random(in: 1...600, using: &random), partition: partition)
        let batches = lookahead.formBatches(chunks)
        var rest = chunks
        for piece in batches.joined() {
            // Whatever is next is the beginning of what is left.
            #expect(piece.count > 0 && piece == rest[0].head(piece.count))
            rest[0] = rest[0].tail(after: piece.count)
            if rest[0].count == 0 { rest.removeFirst() }
        }
        #expect(rest.isEmpty)
        for batch in batches {
            #expect((1...lookahead.maxTokens).contains(tokenCount(batch)))
            if partition == .halving { #expect(tokenCount(batch) <= lookahead.minTokens) }
        }
    }

    @Test(arguments: 0..<200, Lookahead.Partition.allCases)
    func theFirstBatchIsTheFirstOfAll(seed: Int, partition: Lookahead.Partition) throws {
        var random = SplitMix64(seed: seed)
        let costs = BatchCostModel.random(&random)
        let chunks = randomQueue(&random, requests: 1...30, length: 1...5000)
        let lookahead = Lookahead(
            costs: costs, minTokens: .random(in: 1...600, using: &random), maxTokens: 512,
            partition: partition)
        var batch = [chunk(7, count: 7)]
        lookahead.firstBatch(of: chunks, into: &batch)
        #expect(try batch == #require(lookahead.formBatches(chunks).first))
    }

    @Test(arguments: 0..<200)
    func anEvenBatchCostsItsShare(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let costs = BatchCostModel.random(&random)
        let chunks = randomQueue(&random, requests: 1...30, length: 1...3000)
        let lookahead = Lookahead(costs: costs, minTokens: 512, maxTokens: .max)
        let count = (tokenCount(chunks) + 511) / 512
        guard count > 1 else { return }
        var first: [PromptChunk] = []
        lookahead.firstBatch(of: chunks, into: &first)
        let rest = cut(chunks, after: tokenCount(first)).1
        // Of the prompts' own work, without what every batch pays once.
        let work = costs.cost(of: first) - costs.shared
        let share = (work + costs.cost(of: rest) - costs.shared) / Double(count)
        let token = costs.cost(of: try #require(rest.first).head(1))
        #expect(abs(work - share) <= token + 1e-9)
    }

    @Test func theCapIsByTokens() {
        let lookahead = Lookahead(costs: Self.toyCosts, minTokens: 8, maxTokens: 3)
        let queue = (0..<2).map { chunk($0, count: 2) } + [chunk(2, prefix: 5000, count: 4)]
        var batch: [PromptChunk] = []
        lookahead.firstBatch(of: queue, into: &batch)
        #expect(batch == [chunk(0, count: 2), chunk(1, count: 1)])
    }

    @Test func noChunksAreNoBatch() {
        let lookahead = Lookahead(costs: Self.toyCosts, minTokens: 5, maxTokens: 8)
        var batch = [chunk(0, count: 3)]
        lookahead.firstBatch(of: [], into: &batch)
        #expect(batch.isEmpty)
        #expect(lookahead.formBatches([]).isEmpty)
    }
}

// MARK: - Queues for tests

func chunk(_ sequence: Int, prefix: TokenCount = 0, count: TokenCount) -> PromptChunk {
    PromptChunk(sequence: SequenceID(index: sequence), prefix: prefix, count: count)
}

func tokenCount(_ chunks: [PromptChunk]) -> TokenCount { chunks.reduce(0) { $0 + $1.count } }

/// Prompts of random lengths, some of them half done.
private func randomQueue(
    _ random: inout SplitMix64, requests: ClosedRange<Int>, length: ClosedRange<TokenCount>
) -> [PromptChunk] {
    (0..<Int.random(in: requests, using: &random)).map { index in
        let isHalfDone = Int.random(in: 0..<4, using: &random) == 0
        return chunk(
            index, prefix: isHalfDone ? .random(in: 1...8000, using: &random) : 0,
            count: .random(in: length, using: &random))
    }
}

/// The first `place` tokens and the rest.
func cut(_ chunks: [PromptChunk], after place: TokenCount) -> ([PromptChunk], [PromptChunk]) {
    var first: [PromptChunk] = []
    var second: [PromptChunk] = []
    var left = place
    for chunk in chunks {
        let taken = min(left, chunk.count)
        left -= taken
        if taken > 0 { first.append(chunk.head(taken)) }
        if taken < chunk.count { second.append(chunk.tail(after: taken)) }
    }
    return (first, second)
}

/// Chunked prefill as it is without lookahead: steps filled up to `budget` tokens.
func tokenCountBatches(_ chunks: [PromptChunk], budget: TokenCount) -> [[PromptChunk]] {
    guard tokenCount(chunks) > budget else { return chunks.isEmpty ? [] : [chunks] }
    let (first, rest) = cut(chunks, after: budget)
    return [first] + tokenCountBatches(rest, budget: budget)
}

extension PromptChunk {
    fileprivate var lastToken: PromptChunk { tail(after: count - 1) }
}

extension BatchCostModel.Decode {
    static let free = Self(perStep: 0, perSequence: 0, perContextToken: 0)
}

extension BatchCostModel {
    fileprivate static func random(_ random: inout SplitMix64) -> Self {
        let shared = Double.random(in: 0...50, using: &random)
        let hasAttention = Bool.random(using: &random)
        return Self(
            perPair: hasAttention ? .random(in: 0...0.1, using: &random) : 0,
            perToken: .random(in: 0.01...1, using: &random),
            perChunk: shared + .random(in: 0...20, using: &random), shared: shared, decode: .free)
    }
}
