package import Domain
package import Scheduling

extension BatchLoad {
    /// What a step computes: an entry of one token that samples decodes, all others are chunks of
    /// prompts. Complexity: O(entries).
    package init(_ step: Step) {
        self.init()
        for entry in step.entries {
            if entry.tokens.count == 1, entry.output.sample {
                self += BatchLoad(decodingAfter: entry.firstPosition)
            } else {
                self += BatchLoad(
                    PromptChunk(
                        sequence: entry.sequence, prefix: entry.firstPosition,
                        count: entry.tokens.count))
            }
        }
    }
}
