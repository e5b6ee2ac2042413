internal import Domain

/// Who uses the blocks of one memory right now: steps that run and copies on their way.
///
/// A sequence that changes groups may keep its block on an instance that belongs to both: the new
/// group's layers of it arrive while the old group still computes its own. So copies count by
/// layers. A block belongs to one sequence in all of its layers, so steps do not.
///
/// Sequences with a common beginning may bring the same bytes to the same block, at once or one
/// after the other: their copies agree, and once the first of them has arrived the block may be
/// read whatever comes after it. Who has nothing in common with whom is told by the first token.
struct BlockUse: Sendable {
    enum Kind: Hashable, Sendable {
        case reading, writing, copyingFrom, copyingTo

        var isStep: Bool { self == .reading || self == .writing }
        var isWriting: Bool { self == .writing || self == .copyingTo }
    }

    /// On whose behalf.
    struct User: Hashable, Sendable {
        let sequence: SequenceID
        let firstToken: TokenID
    }

    private struct Entry: Sendable {
        let kind: Kind
        let layers: LayerRange
        let firstToken: TokenID
        /// Whose it is, unless it is that of several.
        var sequence: SequenceID?
        var count = 1
        /// A copy has arrived, and nothing has changed it since.
        var isFilled = false
    }

    /// By block; few each.
    private var entries: [[Entry]] = []

    /// Somebody begins to use a block; what speaks against it.
    mutating func begin(
        _ kind: Kind, _ block: BlockID, in layers: LayerRange, for user: User
    ) -> String? {
        while entries.count <= block.index { entries.append([]) }
        forgetWhatArrived(at: block, before: kind, user)
        let known = place(of: kind, block, layers)
        var next = Entry(
            kind: kind, layers: layers, firstToken: user.firstToken, sequence: user.sequence)
        next.isFilled = known.map { entries[block.index][$0].isFilled } ?? false
        let rival = entries[block.index].first { Self.conflict($0, next) }
        if let known {
            let before = entries[block.index][known]
            next.count += before.count
            if before.count > 0, before.sequence != user.sequence { next.sequence = nil }
            entries[block.index][known] = next
        } else {
            entries[block.index].append(next)
        }
        return rival.map { "is in use (\($0.kind.name)) when another begins (\(kind.name))" }
    }

    /// - Parameter isFilled: A copy has arrived.
    mutating func end(
        _ kind: Kind, _ block: BlockID, in layers: LayerRange, isFilled: Bool = false
    ) {
        guard let known = place(of: kind, block, layers) else { return }
        entries[block.index][known].count -= 1
        if isFilled, kind == .copyingTo { entries[block.index][known].isFilled = true }
        let entry = entries[block.index][known]
        if entry.count == 0, !entry.isFilled { entries[block.index].remove(at: known) }
    }

    /// What has arrived is gone when a step writes, or when the block is somebody else's by now.
    private mutating func forgetWhatArrived(at block: BlockID, before kind: Kind, _ user: User) {
        guard kind.isWriting else { return }
        entries[block.index].removeAll {
            $0.count == 0 && (kind == .writing || $0.firstToken != user.firstToken)
        }
    }

    private func place(of kind: Kind, _ block: BlockID, _ layers: LayerRange) -> Int? {
        guard block.index < entries.count else { return nil }
        return entries[block.index].firstIndex { $0.kind == kind && $0.layers == layers }
    }

    func isUsed(_ block: BlockID) -> Bool {
        block.index < entries.count && entries[block.index].contains { $0.count > 0 }
    }

    private static func conflict(_ old: Entry, _ new: Entry) -> Bool {
        guard old.count > 0 else { return false }
        if old.firstToken != new.firstToken { return true }
        if !old.kind.isWriting, !new.kind.isWriting { return false }
        if old.kind.isStep, new.kind.isStep {
            return old.sequence == nil || old.sequence != new.sequence
        }
        if old.kind == .copyingTo, new.kind == .copyingTo { return false }
        let isReadAnyway =
            (old.isFilled && new.kind == .reading) || (new.isFilled && old.kind == .reading)
        return !isReadAnyway && old.layers.overlaps(new.layers)
    }
}

extension BlockUse.Kind {
    fileprivate var name: String {
        switch self {
        case .reading: "read by a step"
        case .writing: "written by a step"
        case .copyingFrom: "copied"
        case .copyingTo: "filled by a copy"
        }
    }
}
