internal import Domain

/// A choice collected from its deltas, for an answer in one piece.
struct WholeChoice {
    var echo: PromptEcho?
    var text = ""
    var tokens: [SampledToken] = []
    var ending: ChoiceEnding?

    mutating func append(_ delta: ChoiceDelta) {
        if let echo = delta.echo { self.echo = echo }
        text += delta.text
        tokens += delta.tokens
        if let ending = delta.ending { self.ending = ending }
    }
}
