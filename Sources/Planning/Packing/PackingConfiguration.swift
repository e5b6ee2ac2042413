package import Domain

/// How tightly sequences are packed and what moves may cost. "Mell" is the paper of INFOCOM 2025.
package struct PackingConfiguration: Hashable, Sendable {
    /// Shares of a group's memory above which a sequence is of the next class (Mell §VI-A). Up to
    /// `tinyAbove` it is a fragment, which counts as part of a bundle.
    package var tinyAbove = Share(1, 8)
    package var smallAbove = Share(1, 4)
    package var mediumAbove = Share(1, 3)
    package var largeAbove = Share(1, 2)
    /// A group is filled with tiny sequences to this share at least, as long as others hold some
    /// (Mell §VI-C).
    package var fillLevel = Share(3, 4)
    /// Share of its memory that a group keeps free for its sequences to grow before the next plan;
    /// what lies above it is moved away. Own choice: Mell moves what has outgrown a group and says
    /// nothing of the time until then.
    package var growthReserve = Share(1, 128)
    /// Blocks that a group keeps free besides, for each of its sequences. Own choice: 16 tokens, a
    /// decoding sequence's half second or so; others leave in the meantime.
    package var growthPerSequence: BlockCount = 1
    /// Share of a group's memory that stays free above the reserve when something is placed there,
    /// so that what was placed need not move at once. Own choice.
    package var placementMargin = Share(1, 64)
    /// A group is emptied only if the others are left with this share of a group free: opening it
    /// again soon would cost the moves for nothing. Own choice.
    package var releaseMargin = Share(1, 8)
    /// Time between two plans. Mell gives no number; own choice.
    package var epoch = Duration.milliseconds(500)
    /// Time that a group stays empty before it may be released. Own choice: Mell releases at once
    /// and does not count the time that opening takes.
    package var linger = Duration.seconds(30)
    /// What the choice between groups of equal fit goes by: fewer sequences, more free memory, and
    /// being on the same machine (Mell §VI-B, which leaves the weights to the operator).
    package var requestWeight = 1.0
    package var freeMemoryWeight = 1.0
    package var nearnessWeight = 1.0
    /// The most items (sequences, or bundles of fragments) that move for one operation (Mell,
    /// theorem 3).
    package var mostItemMoves = 10
    /// How sequences get to where packing wants them.
    package var transferPolicy = TransferPolicy.hybrid
    /// What that may load; `nil` where it is not known, and all go at once.
    package var transfers: TransferProfile?
    /// Share of an epoch that an instance which decodes spends at most on computing again what
    /// comes to it. Own choice; Mell asks for as much as does not slow the decoding.
    package var recomputedShare = 0.1
    /// Epochs that a move is put off before it goes whatever it loads. Own choice: one that is more
    /// than an epoch can carry would otherwise wait for ever.
    package var mostDeferrals = 4
    /// Load balancing: a pair of groups is evened out if their loads differ by more than this share
    /// of their memory. Own choice; Llumnix uses thresholds of its own measure of load.
    package var balanceGap = Share(1, 10)

    package init() {}
}
