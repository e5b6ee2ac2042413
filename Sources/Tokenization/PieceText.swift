/// A text and the pieces of it that go to the model one by one. Pieces are not empty.
struct PieceText {
    private(set) var bytes: [UInt8]
    private(set) var pieces: [Range<Int>]
    private var startsAtOrigin: Bool

    init(_ text: WorkingText) {
        bytes = text.bytes
        pieces = text.bytes.isEmpty ? [] : [0..<text.bytes.count]
        startsAtOrigin = text.startsAtOrigin
    }

    /// Rewrites every piece. `body` gets the bytes, the piece, whether the piece is where the
    /// input begins, and where to write.
    mutating func rewrite(
        _ body: (_ bytes: [UInt8], Range<Int>, _ isFirst: Bool, inout [UInt8]) -> Void
    ) {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 4)
        var newPieces: [Range<Int>] = []
        newPieces.reserveCapacity(pieces.count)
        for piece in pieces {
            let start = output.count
            body(bytes, piece, piece.lowerBound == 0 && startsAtOrigin, &output)
            if start < output.count { newPieces.append(start..<output.count) }
        }
        startsAtOrigin = startsAtOrigin && pieces.first?.lowerBound == 0
        bytes = output
        pieces = newPieces
    }

    /// Cuts every piece at the matches.
    mutating func split(by matcher: Matcher, _ behavior: SplitBehavior, isInverse: Bool) {
        var collector = SplitCollector(behavior: behavior, isInverse: isInverse)
        collector.pieces.reserveCapacity(bytes.count / 4)
        for piece in pieces {
            collector.startPiece()
            matcher.forEachSegment(in: bytes, piece) { range, isMatch in
                collector.add(range, isMatch)
            }
        }
        pieces = collector.finish()
    }
}

/// Joins the segments of a split to pieces as its behaviour wants.
private struct SplitCollector {
    let behavior: SplitBehavior
    let isInverse: Bool
    var pieces: [Range<Int>] = []
    /// The piece that the next segment may still extend.
    private var current: Range<Int>?
    private var lastWasMatch = false

    init(behavior: SplitBehavior, isInverse: Bool) {
        self.behavior = behavior
        self.isInverse = isInverse
    }

    mutating func startPiece() {
        flush()
        lastWasMatch = false
    }

    mutating func finish() -> [Range<Int>] {
        flush()
        return pieces
    }

    private mutating func flush() {
        if let current, !current.isEmpty { pieces.append(current) }
        current = nil
    }

    @inline(__always)
    mutating func add(_ range: Range<Int>, _ matched: Bool) {
        let isMatch = matched != isInverse
        switch behavior {
        case .isolated: if !range.isEmpty { pieces.append(range) }
        case .removed: if !isMatch, !range.isEmpty { pieces.append(range) }
        case .contiguous: extend(range, joins: isMatch == lastWasMatch)
        case .mergedWithPrevious: extend(range, joins: isMatch && !lastWasMatch)
        case .mergedWithNext: extendBackwards(range, isMatch)
        }
        lastWasMatch = isMatch
    }

    private mutating func extend(_ range: Range<Int>, joins: Bool) {
        if joins, let open = current {
            current = open.lowerBound..<range.upperBound
        } else {
            flush()
            current = range
        }
    }

    /// A match waits for the segment after it. Of several matches in a row each stands alone but
    /// the last, which goes to the text that follows.
    private mutating func extendBackwards(_ range: Range<Int>, _ isMatch: Bool) {
        if !isMatch, lastWasMatch, let open = current {
            current = open.lowerBound..<range.upperBound
        } else {
            flush()
            current = range
        }
    }
}
