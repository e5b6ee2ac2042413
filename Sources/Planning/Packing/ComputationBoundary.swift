package import Domain

/// How many tokens a group can compute in an epoch beside the sequences that it decodes, without
/// slowing them too much: measured for some sizes of the batch (Mell §V-A).
package struct ComputationBoundary: Hashable, Sendable {
    private let points: [Point]

    /// What was measured with `batch` sequences.
    package struct Point: Hashable, Sendable {
        package var batch: Int
        package var tokens: TokenCount

        package init(batch: Int, tokens: TokenCount) {
            self.batch = batch
            self.tokens = tokens
        }
    }

    package init(_ points: [Point]) {
        self.points = points.sorted { $0.batch < $1.batch }
    }

    /// What was measured with the next larger batch: a smaller one has no less to spare. None for
    /// a batch larger than all that were measured.
    package func tokens(with batch: Int) -> TokenCount {
        points.first { $0.batch >= batch }?.tokens ?? 0
    }
}
