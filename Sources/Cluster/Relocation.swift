internal import Domain

/// A sequence on its way from one group to another.
///
/// The destination's spans are reserved before a byte is sent, and the source's are retained while
/// a transfer reads them, so whatever becomes of the sequence in between, both ends stay valid
/// until the answer has come.
struct Relocation: Sendable {
    let sequence: SequenceID
    let from: GroupID
    let to: GroupID
    let mode: RelocationMode
    /// It takes part in steps where it is, until it stands still for the last of its KV.
    let isLive: Bool
    let started: Instant
    /// The destination's spans, in order; the first `placed` hold the sequence's KV.
    var targets: [SpanID] = []
    var placed: BlockCount = 0
    /// The source's spans that the transfer under way reads.
    var sources: [SpanID] = []
    var transfer: TransferID?
    var rounds = 0
    var bytes = ByteCount.zero
    /// Since when the sequence stands still.
    var stalledSince: Instant?
    /// The sequence has ended or gives its blocks back; only the answer is expected.
    var isAborted = false
    /// It is aborted, and its sequence goes on where it is as soon as nothing reads its blocks.
    var resumesWhenAnswered = false
}
