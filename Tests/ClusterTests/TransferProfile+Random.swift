import Planning

extension TransferProfile {
    /// One that some moves fit into and some do not.
    static func random(using random: inout some RandomNumberGenerator) -> TransferProfile? {
        guard Int.random(in: 0..<4, using: &random) > 0 else { return nil }
        let most = Int.random(in: 0...60, using: &random)
        return TransferProfile(
            nearBytesPerSecond: .random(in: 0...200_000, using: &random),
            farBytesPerSecond: .random(in: 0...200_000, using: &random),
            computation: ComputationBoundary([
                .init(batch: 0, tokens: 2 * most), .init(batch: 4, tokens: most),
            ]))
    }
}
