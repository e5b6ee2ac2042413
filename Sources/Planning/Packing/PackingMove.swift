package import Domain

/// A sequence that shall move to another group.
package struct PackingMove: Hashable, Sendable {
    package var sequence: SequenceID
    package var from: GroupID
    package var to: GroupID
    package var size: BlockCount
    /// Moves of one wave may go at the same time. They fit while their sources still hold what
    /// they send, once the waves before have arrived.
    package var wave: Int
    /// What moves: the packer does not care, `TransferSplit` decides.
    package var mode = TransferMode.kv

    package init(
        sequence: SequenceID, from: GroupID, to: GroupID, size: BlockCount, wave: Int = 0
    ) {
        self.sequence = sequence
        self.from = from
        self.to = to
        self.size = size
        self.wave = wave
    }
}
