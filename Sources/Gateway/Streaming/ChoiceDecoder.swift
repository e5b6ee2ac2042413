internal import Domain
internal import Tokenization

/// Turns the tokens of one choice into text: detokenizes, watches for stop strings and keeps
/// stop tokens out of the text.
struct ChoiceDecoder: Sendable {
    private let rules: StopRules
    private var detokenizer: Detokenizer
    private var matcher: StopMatcher?
    /// A token at the end of an event that may be the stop token: whether it is, and so whether
    /// it has text, only the next event tells.
    private var candidate: SampledToken?
    /// Tokens given out so far.
    private(set) var tokenCount: TokenCount = 0

    init(rules: StopRules, detokenizer: Detokenizer) {
        self.rules = rules
        self.detokenizer = detokenizer
        matcher = rules.strings.isEmpty ? nil : StopMatcher(rules.strings)
    }

    /// Takes the tokens of one step. When the result has an ending, a stop string was found and
    /// later tokens do not count.
    mutating func append(_ tokens: [SampledToken]) -> ChoiceDelta {
        var delta = ChoiceDelta()
        releaseCandidate(into: &delta)
        for (position, token) in tokens.enumerated() where delta.ending == nil {
            if position == tokens.count - 1, rules.tokens.contains(token.token) {
                candidate = token
            } else {
                decode(token, into: &delta)
            }
        }
        return delta
    }

    /// Takes the engine's word that the generation is over, and gives out all that was held.
    mutating func finish(_ ending: ChoiceEnding, stoppedBy stop: TokenID?) -> ChoiceDelta {
        var delta = ChoiceDelta()
        if let token = candidate, token.token == stop, !rules.includeInOutput {
            candidate = nil
            tokenCount += 1
            delta.tokens.append(token)
        } else {
            releaseCandidate(into: &delta)
        }
        guard delta.ending == nil else { return delta }
        emit(detokenizer.finish(), into: &delta)
        guard delta.ending == nil else { return delta }
        delta.text += matcher?.flush() ?? ""
        delta.ending = ending
        return delta
    }

    private mutating func releaseCandidate(into delta: inout ChoiceDelta) {
        guard let token = candidate else { return }
        candidate = nil
        decode(token, into: &delta)
    }

    private mutating func decode(_ token: SampledToken, into delta: inout ChoiceDelta) {
        tokenCount += 1
        delta.tokens.append(token)
        emit(detokenizer.append(token.token), into: &delta)
    }

    private mutating func emit(_ text: String, into delta: inout ChoiceDelta) {
        guard matcher != nil else {
            delta.text += text
            return
        }
        let armed = tokenCount > rules.minTokens
        guard let outcome = matcher?.push(text, armed: armed) else { return }
        delta.text += outcome.text
        guard let found = outcome.found else { return }
        if rules.includeInOutput { delta.text += found }
        delta.ending = .stopString(found)
    }
}
