package import Domain

/// Something that must not be. The text has no times and no seed in it, so equal faults read
/// alike.
package struct CheckFailure: Hashable, Sendable {
    package let time: Instant
    package let rule: Rule
    package let text: String

    /// What must hold.
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        /// Every request that comes ends exactly once: rejected, or with its last token.
        case requests
        /// Tokens come between the start and the end of their sequence, and are counted right.
        case tokens
        /// A sequence's id is given again only after its release.
        case identifiers
        /// What a step computes follows what is known, on a group that has every layer once.
        case steps
        /// A block is written for one sequence only, and while nobody else reads or copies it.
        case blocks
        /// Every page of an instance is what the changes of its memory have made of it.
        case pages
        /// Answers come to questions.
        case answers
        /// Nothing waits when nothing is under way.
        case liveness
        /// Nothing waits for long where there is room for it.
        case fairness
    }
}

extension CheckFailure: CustomStringConvertible {
    package var description: String { "\(rule.rawValue): \(text)" }
}
