internal import Domain
internal import Inference

/// Work off the path of steps, done in pieces on the thread of one instance.
protocol BackgroundJob: AnyObject, Sendable {
    /// Does about one piece. True when the job is at its end; then it has been reported.
    func runPiece(_ tools: inout PieceTools) -> Bool
}

/// What a piece may use, and how much of it.
struct PieceTools {
    let executor: any StageExecutor
    let links: InstanceWorker.Links
    /// Stop after this many bytes.
    let limit: ByteCount
    /// Bytes copied by this piece.
    private(set) var copied = ByteCount.zero

    init(executor: any StageExecutor, links: InstanceWorker.Links, limit: ByteCount) {
        self.executor = executor
        self.links = links
        self.limit = limit
    }

    var isAtLimit: Bool { copied >= limit }

    func report(_ report: Report) { links.report(report) }

    mutating func copy(
        _ source: MemorySpan, to target: MemorySpan, size: ByteCount
    ) throws(TransferError) {
        try links.transport.copy(source, to: target)
        copied += size
    }
}
