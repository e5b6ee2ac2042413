package import Domain

/// Which tokens a sequence has, for the penalties. Kept by whoever keeps the sequence; a request
/// without penalties needs none.
package struct TokenHistory: Sendable {
    struct Entry {
        var token: TokenID
        /// How often it was generated; 0 for one of the prompt only.
        var generated: Int
    }

    /// Distinct tokens in the order of their first appearance.
    private(set) var entries: [Entry] = []
    private var places: [TokenID: Int] = [:]

    package init() {}

    package init(prompt: some Sequence<TokenID>) {
        for token in prompt { _ = place(of: token) }
    }

    /// Notes one generated token. Complexity: O(1) amortised.
    package mutating func append(_ token: TokenID) {
        let place = place(of: token)
        entries[place].generated += 1
    }

    private mutating func place(of token: TokenID) -> Int {
        if let place = places[token] { return place }
        places[token] = entries.count
        entries.append(Entry(token: token, generated: 0))
        return entries.count - 1
    }
}

extension SamplingParameters {
    /// Whether the choice depends on the tokens so far.
    package var usesHistory: Bool {
        repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0
    }
}
