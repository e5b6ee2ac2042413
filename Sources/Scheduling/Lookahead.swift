package import Domain

/// Lookahead batch formation (KunServe §6.3): look at the cost of all prompt tokens that wait, and
/// cut them into batches of equal cost.
///
/// Equal token counts take unequal time, because later tokens attend to more positions; in a
/// pipeline every difference between neighbouring batches is an idle stage. A cut may go through a
/// chunk: its second part has the first as prefix and is in a later batch, so batches must run in
/// the order in which they are formed.
///
/// Chunks given to any of these functions are not empty, and those of one sequence are in order.
package struct Lookahead: Hashable, Sendable {
    package var costs: BatchCostModel
    /// The fewest tokens that fill the device. At least 1.
    package var minTokens: TokenCount
    /// No batch has more tokens than this, whatever `minTokens` says. At least 1.
    package var maxTokens: TokenCount
    package var partition: Partition

    /// How many batches there are, and so what one costs.
    package enum Partition: String, Hashable, Sendable, CaseIterable {
        /// As many as hold `minTokens` on average, all of one cost. What is left after the first
        /// makes about one less, so forming them one by one keeps the cost nearly the same.
        case even
        /// The paper's: halves of equal cost, each halved again until it has at most `minTokens`.
        /// Branches end at different depths, so neighbours may differ by a factor of two.
        case halving
    }

    package init(
        costs: BatchCostModel, minTokens: TokenCount, maxTokens: TokenCount,
        partition: Partition = .even
    ) {
        precondition(minTokens > 0 && maxTokens > 0)
        precondition(costs.perToken > 0 && costs.perChunk >= costs.shared, "costs must grow")
        self.costs = costs
        self.minTokens = minTokens
        self.maxTokens = maxTokens
        self.partition = partition
    }

    /// Sizes batches for a pipeline of `stages` that has `queued` prompt tokens to run and
    /// `inFlight` ones under way.
    ///
    /// Halving is the paper's and takes its smallest batch as it is.
    ///
    /// Even batches are what each stage gets of all these tokens, so that every step in flight
    /// carries its part. While the prompts could be over in a few steps, all steps in flight
    /// together have at most a quarter of the tokens of one step of a single instance, for a decode
    /// waits for every stage; the deeper the queue, the larger and cheaper batches become. Where
    /// decodes are in the step, the weights are read anyway; without them, a batch of fewer tokens
    /// than one chunk costs by itself would win less than it adds.
    package mutating func adapt(
        to stages: Int, queued: TokenCount, inFlight: TokenCount, hasDecodes: Bool
    ) {
        guard partition == .even else { return }
        let share = (queued + inFlight + stages - 1) / stages
        let alone = TokenCount(min(Double(maxTokens), costs.perChunk / costs.perToken))
        minTokens = max(1, share, hasDecodes ? 1 : alone)
        maxTokens = min(maxTokens, max(1, maxTokens / stages / 4, share / Self.stepsToDrain))
    }

    /// A queue that keeps every stage busy for more steps than this is deep. Own choice, as is the
    /// quarter above, from simulation: 4 makes decodes slower, 16 first tokens later; half makes
    /// the median decode slower and the last first tokens no earlier.
    private static let stepsToDrain = 8

    private var limit: TokenCount { min(minTokens, maxTokens) }

    /// The batch to run first.
    ///
    /// - Parameter batch: becomes the batch, empty for no chunks; its memory is reused.
    /// - Complexity: O(chunks + log(tokens)).
    package func firstBatch(of chunks: [PromptChunk], into batch: inout [PromptChunk]) {
        let end = firstEnd(of: chunks)
        batch.removeAll(keepingCapacity: true)
        batch.append(contentsOf: chunks[..<end.chunk])
        if end.tokens > 0 { batch.append(chunks[end.chunk].head(end.tokens)) }
    }

    /// All batches in the order in which they must run; none for no chunks. The first is what
    /// `firstBatch` gives.
    ///
    /// - Complexity: O(chunks × log(tokens / minTokens)) halving, O(chunks × batches) even.
    package func formBatches(_ chunks: [PromptChunk]) -> [[PromptChunk]] {
        guard !chunks.isEmpty else { return [] }
        switch partition {
        case .even:
            var batches: [[PromptChunk]] = []
            var rest = chunks
            while !rest.isEmpty {
                let (first, second) = cut(rest, at: firstEnd(of: rest))
                batches.append(first)
                rest = second
            }
            return batches
        case .halving:
            guard end(of: chunks).load.promptTokens > limit else { return [chunks] }
            let (first, second) = split(chunks)
            return formBatches(first) + formBatches(second)
        }
    }

    /// Two batches, both with tokens, whose costs differ by no more than that of one token alone.
    ///
    /// - Parameter chunks: at least two tokens.
    /// - Complexity: O(chunks).
    package func split(_ chunks: [PromptChunk]) -> (first: [PromptChunk], second: [PromptChunk]) {
        cut(chunks, at: cut(of: chunks, upTo: end(of: chunks), share: 0.5))
    }

    private func firstEnd(of chunks: [PromptChunk]) -> Cut {
        var end = end(of: chunks)
        switch partition {
        case .even:
            let batches = (end.load.promptTokens + limit - 1) / limit
            if batches > 1 { end = cut(of: chunks, upTo: end, share: 1 / Double(batches)) }
            return shorten(end, of: chunks, to: maxTokens)
        case .halving:
            while end.load.promptTokens > limit { end = cut(of: chunks, upTo: end, share: 0.5) }
            return end
        }
    }
}
