package import Domain

/// Which of an epoch's moves copy KV and which compute it again, such that neither links nor
/// destinations carry more than they can (Mell §V-B): packing into two kinds of bins.
///
/// The result depends on the set of moves only, not on their order, so replicas that know the same
/// moves come to the same split and jointly keep within the bounds (Mell §V-C). Each move takes the
/// way after which the fuller of its bins is less full, the largest moves first. What a copy
/// computes and what tokens weigh on a link is a thousandth of the other way's price, and not
/// counted.
package struct TransferSplit: Hashable, Sendable {
    /// The largest move first.
    package private(set) var decisions: [Decision] = []
    /// What each link carries, by link.
    package private(set) var linkBytes: [ByteCount]
    /// What each destination computes, by group.
    package private(set) var hostTokens: [TokenCount]
    /// Urgent moves that exceed a bound.
    package private(set) var violations = 0
    private let linkBounds: [ByteCount]
    private let hostBounds: [TokenCount]

    /// How one sequence moves.
    package struct Decision: Hashable, Sendable {
        package var sequence: SequenceID
        package var mode: TransferMode
    }

    /// - Parameters:
    ///   - linkBounds: Bytes that each link can carry in an epoch, by link.
    ///   - hostBounds: Tokens that each group can compute in an epoch beside its batch, by group;
    ///     see `ComputationBoundary`.
    /// - Complexity: O(n log n + n × links of a move).
    package init(_ items: [TransferItem], linkBounds: [ByteCount], hostBounds: [TokenCount]) {
        self.linkBounds = linkBounds
        self.hostBounds = hostBounds
        linkBytes = linkBounds.map { _ in .zero }
        hostTokens = hostBounds.map { _ in 0 }
        let order = items.sorted {
            ($1.kv.bytes, $1.tokens, $0.sequence) < ($0.kv.bytes, $0.tokens, $1.sequence)
        }
        for item in order {
            let mode = mode(of: item)
            charge(item, mode)
            decisions.append(Decision(sequence: item.sequence, mode: mode))
        }
    }

    private mutating func mode(of item: TransferItem) -> TransferMode {
        let byKV = max(linkUse(item, adding: item.kv), hostUse(item, adding: 0))
        let byTokens = max(linkUse(item, adding: .zero), hostUse(item, adding: item.tokens))
        let preferred = byKV <= byTokens ? TransferMode.kv : .tokens
        let fitsKV = linkUse(item, adding: item.kv) <= 1
        let fitsTokens = hostUse(item, adding: item.tokens) <= 1
        if fitsKV && fitsTokens { return preferred }
        if fitsKV { return .kv }
        if fitsTokens { return .tokens }
        guard item.isUrgent else { return .deferred }
        violations += 1
        return preferred
    }

    private mutating func charge(_ item: TransferItem, _ mode: TransferMode) {
        switch mode {
        case .kv: for link in item.links { linkBytes[link.index] += item.kv }
        case .tokens: hostTokens[item.to.index] += item.tokens
        case .deferred: break
        }
    }

    /// The share of the fullest link on the way that would be in use.
    private func linkUse(_ item: TransferItem, adding bytes: ByteCount) -> Double {
        item.links.reduce(0) { most, link in
            let after = linkBytes[link.index] + bytes
            return max(most, share(after.bytes, of: linkBounds[link.index].bytes))
        }
    }

    private func hostUse(_ item: TransferItem, adding tokens: TokenCount) -> Double {
        share(hostTokens[item.to.index] + tokens, of: hostBounds[item.to.index])
    }

    private func share(_ used: Int, of bound: Int) -> Double {
        guard used > 0 else { return 0 }
        return bound > 0 ? Double(used) / Double(bound) : .infinity
    }
}
