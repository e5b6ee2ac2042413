internal import Domain
internal import Inference

/// Fills mapped units with the bytes that another instance holds.
///
/// - Unchecked: used by the thread of the instance that loads, and by no other.
final class PeerLoadJob: BackgroundJob, @unchecked Sendable {
    private let units: [ParameterUnit]
    private let instance: InstanceID
    private let peer: InstanceID
    /// The unit under way and how many bytes of it are there.
    private var current = 0
    private var done = 0

    init(
        _ units: [ParameterUnit], on instance: InstanceID, from peer: InstanceID
    ) {
        self.units = units
        self.instance = instance
        self.peer = peer
    }

    func runPiece(_ tools: inout PieceTools) -> Bool {
        do {
            while current < units.count, !tools.isAtLimit { try copySome(&tools) }
        } catch {
            let failure = "parameters from instance \(peer): \(error)"
            tools.report(.unitsLoaded(instance, failure: failure))
            return true
        }
        guard current == units.count else { return false }
        tools.executor.unitsFilled(units)
        tools.report(.unitsLoaded(instance, failure: nil))
        return true
    }

    /// Goes on with the present unit until its end or the end of the piece.
    private func copySome(_ tools: inout PieceTools) throws(TransferError) {
        let unit = units[current]
        let total = tools.executor.memoryView.unit(unit).count
        let end = min(total, done + max(1, (tools.limit - tools.copied).bytes))
        try tools.copy(
            .parameters(unit, done..<end, peer), to: .parameters(unit, done..<end, instance),
            size: ByteCount(end - done))
        done = end
        guard done == total else { return }
        current += 1
        done = 0
    }
}
