package import Domain

extension BatchLoad {
    /// What a step computes: an entry of one token that samples decodes, all others are chunks of
    /// prompts. Complexity: O(entries).
    package init(_ step: borrowing Step) {
        self.init()
        for place in 0..<step.entryCount { self += BatchLoad(step.entry(place)) }
    }

    private init(_ entry: StepEntry) {
        if entry.tokens.count == 1, entry.output.sample {
            self.init(decodingAfter: entry.firstPosition)
        } else {
            self.init(
                PromptChunk(
                    sequence: entry.sequence, prefix: entry.firstPosition,
                    count: entry.tokens.count))
        }
    }
}
