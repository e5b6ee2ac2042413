internal import Domain

extension GroupScheduler {
    /// Traps unless every block is held as often as sequences list it, running sequences hold what
    /// their KV needs, and waiting ones hold nothing. Complexity: O(blocks + sequences).
    package func checkInvariants(table: SequenceTable) {
        pool.checkInvariants()
        var holders = Array(repeating: Int32(0), count: pool.blockCount)
        for id in running {
            let sequence = table[id]
            precondition(sequence.phase != .waiting, "\(id) is running and waiting")
            precondition(sequence.computedCount < sequence.tokens.count, "\(id) has nothing to do")
            let slots = sequence.blocks.count * configuration.blockSize
            precondition(sequence.computedCount + sequence.inFlightCount <= slots)
            precondition(sequence.tokens.count <= maxSequenceLength)
            for block in sequence.blocks { holders[block.index] += 1 }
        }
        precondition(holders == pool.references, "block holders and references differ")
        precondition(running.count <= configuration.maxRunning)
        let order = running.map { Precedence(of: table[$0], in: configuration.order) }
        precondition(order == order.sorted(), "running is out of order")
    }
}
