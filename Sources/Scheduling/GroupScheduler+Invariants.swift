package import Domain

extension GroupScheduler {
    /// Traps unless spans are held as often as sequences, and `others` by span, say; running
    /// sequences hold what their KV needs, and waiting ones hold nothing. Complexity:
    /// O(spans + sequences).
    package func checkInvariants(table: SequenceTable, others: [SpanID]) {
        pool.checkInvariants()
        var holders = Array(repeating: Int32(0), count: pool.references.count)
        for id in running {
            let sequence = table[id]
            precondition(sequence.phase != .waiting, "\(id) is running and waiting")
            precondition(sequence.computedCount < sequence.tokens.count, "\(id) has nothing to do")
            let slots = sequence.spans.count * configuration.blockSize
            precondition(sequence.computedCount + sequence.inFlightCount <= slots)
            precondition(sequence.tokens.count <= configuration.maxModelLength)
            for span in sequence.spans { holders[span.index] += 1 }
        }
        for span in others { holders[span.index] += 1 }
        precondition(holders == pool.references, "span holders and references differ")
        let stalled = running.count { table[$0].phase == .stalled }
        precondition(stalled == stalledCount, "\(stalled) stand still, not \(stalledCount)")
        let order = running.map { Precedence(of: table[$0], in: configuration.order) }
        precondition(order == order.sorted(), "running is out of order")
    }
}
