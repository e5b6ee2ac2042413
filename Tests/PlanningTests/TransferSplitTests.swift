import Domain
import Planning
import TestSupport
import Testing

/// Copy the KV or compute it again (Mell §V).
struct TransferSplitTests {
    /// Moves of 1000 bytes for each token over up to three links.
    private func moves(_ count: Int, seed: UInt64, isUrgent: Bool = false) -> [TransferItem] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { index in
            let tokens = Int.random(in: 1...400, using: &random)
            let links = (0..<4).shuffled(using: &random).prefix(
                Int.random(in: 1...3, using: &random))
            return TransferItem(
                sequence: SequenceID(index: index), tokens: tokens, kv: ByteCount(tokens * 1000),
                links: links.map { LinkID(index: $0) },
                to: GroupID(index: Int.random(in: 0..<3, using: &random)), isUrgent: isUrgent)
        }
    }

    private func split(_ moves: [TransferItem], bytes: Int, tokens: Int) -> TransferSplit {
        TransferSplit(
            moves, linkBounds: Array(repeating: ByteCount(bytes), count: 4),
            hostBounds: Array(repeating: tokens, count: 3))
    }

    @Test func withoutOneWayAllTakeTheOther() {
        let moves = moves(40, seed: 1)
        let tokens = split(moves, bytes: 0, tokens: 1_000_000)
        #expect(tokens.decisions.allSatisfy { $0.mode == .tokens })
        let copies = split(moves, bytes: 1_000_000_000, tokens: 0)
        #expect(copies.decisions.allSatisfy { $0.mode == .kv })
        #expect(tokens.violations + copies.violations == 0)
        #expect(split(moves, bytes: 0, tokens: 0).decisions.allSatisfy { $0.mode == .deferred })
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func boundsAreKept(seed: UInt64) {
        let moves = moves(60, seed: seed)
        let result = split(moves, bytes: 1_500_000, tokens: 1200)
        #expect(result.linkBytes.allSatisfy { $0.bytes <= 1_500_000 })
        #expect(result.hostTokens.allSatisfy { $0 <= 1200 })
        #expect(result.violations == 0)
        let modes = Set(result.decisions.map(\.mode))
        #expect(modes == Set(TransferMode.allCases))
        #expect(result.decisions.count == moves.count)
        #expect(result.linkBytes == linkBytes(of: moves, result))
    }

    private func linkBytes(of moves: [TransferItem], _ split: TransferSplit) -> [ByteCount] {
        var bytes = Array(repeating: ByteCount.zero, count: 4)
        for decision in split.decisions where decision.mode == .kv {
            let move = moves[decision.sequence.index]
            for link in move.links { bytes[link.index] += move.kv }
        }
        return bytes
    }

    /// Instances that hear of the moves in different orders agree.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func orderDoesNotMatter(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 99)
        let moves = moves(60, seed: seed)
        let first = split(moves, bytes: 1_500_000, tokens: 1200)
        for _ in 0..<8 {
            #expect(split(moves.shuffled(using: &random), bytes: 1_500_000, tokens: 1200) == first)
        }
    }

    @Test func urgentMovesGoAnyway() {
        let moves = moves(30, seed: 3, isUrgent: true)
        let result = split(moves, bytes: 500_000, tokens: 500)
        #expect(result.decisions.allSatisfy { $0.mode != .deferred })
        #expect(result.violations > 0)
        let one = split(Array(moves.prefix(1)), bytes: 1, tokens: 0)
        #expect(one.decisions.map(\.mode) == [.kv] && one.violations == 1)
    }

    /// The fuller of a move's bins decides.
    @Test func loadsAreEvenedOut() {
        let moves = (0..<4).map { index in
            TransferItem(
                sequence: SequenceID(index: index), tokens: 100, kv: ByteCount(1000),
                links: [LinkID(index: 0)], to: GroupID(index: 0))
        }
        let even = split(moves, bytes: 4000, tokens: 400)
        #expect(even.decisions.map(\.mode) == [.kv, .tokens, .kv, .tokens])
        let slow = split(moves, bytes: 10_000, tokens: 100)
        #expect(slow.decisions.map(\.mode) == [.kv, .kv, .kv, .kv])
    }

    @Test func computationBoundaryIsThatOfALargerBatch() {
        let boundary = ComputationBoundary([
            .init(batch: 32, tokens: 100), .init(batch: 8, tokens: 400),
        ])
        #expect([0, 8, 9, 32, 33].map(boundary.tokens) == [400, 400, 100, 100, 0])
    }
}
