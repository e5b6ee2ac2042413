internal import Domain

/// A step cut into the pieces that threads share. Reused from step to step, so that it allocates
/// only while it grows.
struct Batch {
    /// Consecutive rows of one sequence.
    struct Chunk {
        /// First row of the step and position in the sequence.
        var row: Int
        var position: Int
        var count: Int
        /// Where the sequence's block table begins among those of the stage.
        var blocks: Int
    }

    private(set) var chunks: [Chunk] = []
    /// The position of every row.
    private(set) var positions: [Int32] = []
    /// The rows whose logits are wanted.
    private(set) var logitRows: [LogitRows.Row] = []
    /// Pairs of a query and a position it sees, summed over all rows.
    private(set) var visiblePairs = 0

    private static let chunkRows = 64

    init(rows: Int) {
        positions.reserveCapacity(rows)
        logitRows.reserveCapacity(rows)
        chunks.reserveCapacity(rows)
    }

    /// Checks the step, whose faults are ours, and the block tables of its stage; cuts it up.
    mutating func prepare(
        _ step: Step, tables: ArraySlice<BlockID>, blockSize: Int, blockCount: Int, maxLength: Int
    ) {
        chunks.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        logitRows.removeAll(keepingCapacity: true)
        visiblePairs = 0
        for index in step.entries.indices {
            let entry = step.entries[index]
            let end = entry.firstPosition + entry.tokens.count
            precondition(entry.tokens.lowerBound == positions.count, "rows out of order")
            precondition(entry.firstPosition >= 0 && end <= maxLength, "sequence too long")
            precondition(
                blocksNeeded(for: end, blockSize: blockSize) <= entry.blocks.count,
                "block table too short")
            precondition(entry.blocks.upperBound <= tables.count, "block table beyond its stage")
            appendChunks(entry)
            appendLogitRows(entry, index: index)
            for position in entry.firstPosition..<end { positions.append(Int32(position)) }
        }
        precondition(positions.count == step.tokens.count, "tokens without an entry")
        precondition(tables.allSatisfy { $0.index < blockCount }, "no such block")
    }

    private mutating func appendChunks(_ entry: StepEntry) {
        var done = 0
        while done < entry.tokens.count {
            let count = min(Self.chunkRows, entry.tokens.count - done)
            let position = entry.firstPosition + done
            chunks.append(
                Chunk(
                    row: entry.tokens.lowerBound + done, position: position, count: count,
                    blocks: entry.blocks.lowerBound))
            visiblePairs += count * (position + count)
            done += count
        }
    }

    private mutating func appendLogitRows(_ entry: StepEntry, index: Int) {
        let first: Int
        if entry.output.promptLogprobs {
            first = entry.tokens.lowerBound
        } else if entry.output.sample {
            first = entry.tokens.upperBound - 1
        } else {
            return
        }
        for row in max(first, entry.tokens.lowerBound)..<entry.tokens.upperBound {
            let position = entry.firstPosition + row - entry.tokens.lowerBound
            logitRows.append(LogitRows.Row(entry: index, position: position, row: row))
        }
    }
}
