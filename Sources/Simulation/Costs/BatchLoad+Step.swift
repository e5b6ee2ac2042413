package import Domain
package import Scheduling

extension BatchLoad {
    /// What a step computes: an entry of one token that samples decodes, all others are chunks of
    /// prompts. Complexity: O(entries).
    package init(_ step: Step) {
        self.init()
        for entry in step.entries { self += BatchLoad(entry) }
    }

    init(_ entry: StepEntry) {
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
