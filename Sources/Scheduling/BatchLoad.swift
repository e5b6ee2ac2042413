package import Domain

/// What a batch asks of the device, in whole numbers: the variables of the cost model. Loads add
/// up exactly, in any order, so that a batch planned in two ways costs the same to the last bit.
package struct BatchLoad: Hashable, Sendable {
    /// Pairs of a prompt token and a position that it attends to, itself included.
    package var promptPairs = 0
    package var promptTokens: TokenCount = 0
    package var promptChunks = 0
    /// Sequences that decode one token each.
    package var decodes = 0
    /// Pairs of a decoded token and a position that it attends to, itself included.
    package var decodePairs = 0

    package init() {}

    /// A chunk c after a prefix p: p·c + (c² + c)/2 pairs.
    package init(_ chunk: PromptChunk) {
        promptPairs = chunk.prefix * chunk.count + chunk.count * (chunk.count + 1) / 2
        promptTokens = chunk.count
        promptChunks = 1
    }

    /// One decoded token after `context` others.
    package init(decodingAfter context: TokenCount) {
        decodes = 1
        decodePairs = context + 1
    }

    package static let zero = BatchLoad()

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }

    package static func += (left: inout Self, right: Self) {
        left.promptPairs += right.promptPairs
        left.promptTokens += right.promptTokens
        left.promptChunks += right.promptChunks
        left.decodes += right.decodes
        left.decodePairs += right.decodePairs
    }

    package static func -= (left: inout Self, right: Self) {
        left.promptPairs -= right.promptPairs
        left.promptTokens -= right.promptTokens
        left.promptChunks -= right.promptChunks
        left.decodes -= right.decodes
        left.decodePairs -= right.decodePairs
    }
}
