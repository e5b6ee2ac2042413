package import Domain

/// What carries KV between groups: a port, a switch, the bus of a machine.
package enum LinkTag {}
package typealias LinkID = Identifier<LinkTag>

/// A sequence that shall move, for `TransferSplit`.
package struct TransferItem: Hashable, Sendable {
    package var sequence: SequenceID
    /// What the destination would compute again.
    package var tokens: TokenCount
    /// What would be copied instead.
    package var kv: ByteCount
    /// What the copy passes through, each link once.
    package var links: [LinkID]
    package var to: GroupID
    /// Must go in this epoch though it may exceed what is free: its source holds too much, or it
    /// has been put off for long. One that is larger than a whole epoch can carry would otherwise
    /// wait forever.
    package var isUrgent: Bool

    package init(
        sequence: SequenceID, tokens: TokenCount, kv: ByteCount, links: [LinkID], to: GroupID,
        isUrgent: Bool = false
    ) {
        self.sequence = sequence
        self.tokens = tokens
        self.kv = kv
        self.links = links
        self.to = to
        self.isUrgent = isUrgent
    }
}
