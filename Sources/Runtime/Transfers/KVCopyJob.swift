internal import Domain
internal import Inference

/// One copy of a transfer, block by block.
///
/// - Unchecked: used by the thread of the instance that does the copy, and by no other.
final class KVCopyJob: BackgroundJob, @unchecked Sendable {
    private let copy: KVCopy
    private let progress: TransferProgress
    /// (layer, block) pairs that are done, in this order.
    private var done = 0

    init(_ copy: KVCopy, progress: TransferProgress) {
        self.copy = copy
        self.progress = progress
    }

    func runPiece(_ tools: inout PieceTools) -> Bool {
        var failure: String?
        do {
            try copyBlocks(&tools)
        } catch {
            failure = "KV: \(error)"
        }
        guard isAtEnd || failure != nil || progress.hasFailed else { return false }
        if let report = progress.end(failure: failure) { tools.report(report) }
        return true
    }

    private var isAtEnd: Bool { done == copy.layers.count * copy.sources.count }

    private func copyBlocks(_ tools: inout PieceTools) throws(TransferError) {
        let size = ByteCount(tools.executor.memoryView.blockBytes)
        while !isAtEnd, !tools.isAtLimit, !progress.hasFailed {
            let (layer, index) = done.quotientAndRemainder(dividingBy: copy.sources.count)
            let source = copy.sources[index]
            let target = copy.targets[index]
            let number = copy.layers.lowerBound + layer
            try tools.copy(
                .block(source, layer: number, copy.from),
                to: .block(target, layer: number, copy.to), size: size)
            done += 1
        }
    }
}
