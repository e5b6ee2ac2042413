internal import Domain

/// A sequence whose KV lies in host memory, or is on its way there or back.
struct SwappedSequence: Sendable {
    let sequence: SequenceID
    /// Where it comes from or goes to; `nil` while it waits in the queue of the whole cell.
    var group: GroupID?
    let since: Instant
    /// Host blocks, one for each block of computed KV.
    var hostBlocks: [BlockID] = []
    /// The group's spans: the source on the way out, the target on the way in.
    var spans: [SpanID] = []
    var phase: Phase
    var transfer: TransferID?
    /// The sequence has ended; only the answer is expected.
    var isAborted = false

    enum Phase: Hashable, Sendable {
        /// It stands still, but for the step that computes it yet.
        case stalling
        case leaving, away, returning
    }

    /// It is in no group's books any more, or not yet.
    var isOut: Bool { !isAborted && (phase == .away || phase == .returning) }
}
