internal import Domain

extension Lookahead {
    /// A place between two tokens of a list of chunks.
    struct Cut {
        /// Chunks before the place, not counting the one that it goes through.
        var chunk: Int
        /// Tokens of `chunks[chunk]` before the place; 0 lies between two chunks.
        var tokens: TokenCount
        /// All before the place.
        var load: BatchLoad
    }

    /// Behind the last token. Complexity: O(chunks).
    func end(of chunks: [PromptChunk]) -> Cut {
        let load = chunks.reduce(into: BatchLoad.zero) { $0 += BatchLoad($1) }
        return Cut(chunk: chunks.count, tokens: 0, load: load)
    }

    /// What lies before and behind a cut.
    func cut(
        _ chunks: [PromptChunk], at cut: Cut
    ) -> (first: [PromptChunk], second: [PromptChunk]) {
        var first = Array(chunks[..<cut.chunk])
        var second = Array(chunks[cut.chunk...])
        if cut.tokens > 0 {
            first.append(chunks[cut.chunk].head(cut.tokens))
            second[0] = chunks[cut.chunk].tail(after: cut.tokens)
        }
        return (first, second)
    }

    /// The last place at or before `end` with no more than `limit` tokens before it.
    func shorten(_ end: Cut, of chunks: [PromptChunk], to limit: TokenCount) -> Cut {
        guard end.load.promptTokens > limit else { return end }
        var place = beginning(ofLast: end, in: chunks)
        while place.load.promptTokens > limit { place = beginning(ofLast: place, in: chunks) }
        let tokens = limit - place.load.promptTokens
        return self.place(after: tokens, of: chunks[place.chunk], at: place)
    }

    /// The place before the chunk that `end` is in or behind.
    private func beginning(ofLast end: Cut, in chunks: [PromptChunk]) -> Cut {
        var place = end
        if end.tokens == 0 { place.chunk -= 1 }
        place.tokens = 0
        let chunk = chunks[place.chunk]
        place.load -= BatchLoad(end.tokens == 0 ? chunk : chunk.head(end.tokens))
        return place
    }

    /// `tokens` of a chunk behind the place before it.
    private func place(after tokens: TokenCount, of chunk: PromptChunk, at before: Cut) -> Cut {
        guard tokens > 0 else { return before }
        let load = before.load + BatchLoad(chunk.head(tokens))
        guard tokens < chunk.count else {
            return Cut(chunk: before.chunk + 1, tokens: 0, load: load)
        }
        return Cut(chunk: before.chunk, tokens: tokens, load: load)
    }
}

// MARK: - By cost

extension Lookahead {
    /// The place with tokens on both sides that best gives its first side `share` of the cost of
    /// what lies before `end`.
    ///
    /// It walks back from `end`, so a series of ever shorter halves costs O(chunks) together.
    func cut(of chunks: [PromptChunk], upTo end: Cut, share: Double) -> Cut {
        precondition(end.load.promptTokens > 1, "one token cannot be cut")
        var after = end
        var before = beginning(ofLast: end, in: chunks)
        while excess(of: before, over: share, of: end.load) > 0 {
            after = before
            before = beginning(ofLast: before, in: chunks)
        }
        let count = after.load.promptTokens - before.load.promptTokens
        let crossed = chunks[before.chunk].head(count)
        // The excess changes its sign in this chunk.
        let guess = balance(in: crossed, after: before.load, share: share, of: end.load)
        var best: Cut?
        var least = Double.infinity
        for tokens in max(0, guess - 1)...min(guess + 2, count) {
            let cut = place(after: tokens, of: chunks[before.chunk], at: before)
            guard (1..<end.load.promptTokens).contains(cut.load.promptTokens) else { continue }
            let distance = abs(excess(of: cut, over: share, of: end.load))
            if distance < least { (best, least) = (cut, distance) }
        }
        guard let best else { preconditionFailure("no token on either side") }
        return best
    }

    /// By how much the cost before a cut is above its share. A cut through a chunk makes two of
    /// it.
    private func excess(of cut: Cut, over share: Double, of whole: BatchLoad) -> Double {
        let added = cut.tokens > 0 ? costs.perChunk - costs.shared : 0
        return costs.promptWork(of: cut.load) - share * (costs.promptWork(of: whole) + added)
    }

    /// About how many tokens c of `chunk` reach the share: with prefix p, the root of
    /// α·(p·c + (c² + c)/2) + β·c = rest, rounded down and within the chunk.
    private func balance(
        in chunk: PromptChunk, after before: BatchLoad, share: Double, of whole: BatchLoad
    ) -> TokenCount {
        let added = costs.perChunk - costs.shared
        let target = share * (costs.promptWork(of: whole) + added) - added
        let rest = target - costs.promptWork(of: before)
        guard rest > 0 else { return 0 }
        let slope = costs.perPair * (Double(chunk.prefix) + 0.5) + costs.perToken
        // The form of the root that does not cancel when α is small.
        let tokens = 2 * rest / (slope + (slope * slope + 2 * costs.perPair * rest).squareRoot())
        return TokenCount(min(tokens, Double(chunk.count)))
    }
}
