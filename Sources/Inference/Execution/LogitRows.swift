package import Domain

/// Logits of some rows of a step. Whoever gets them may write over them.
package struct LogitRows {
    /// Whose logits a row holds: they predict the token after `position`.
    package struct Row: Hashable {
        /// Index into the step's entries.
        package var entry: Int
        package var position: TokenCount
        /// Index into the step's tokens.
        var row: Int

        package init(entry: Int, position: TokenCount, row: Int) {
            self.entry = entry
            self.position = position
            self.row = row
        }
    }

    package let rows: UnsafeBufferPointer<Row>
    /// (rows, vocabulary).
    package let logits: UnsafeMutableBufferPointer<Float>
    package let vocabularySize: Int

    package init(
        rows: UnsafeBufferPointer<Row>, logits: UnsafeMutableBufferPointer<Float>,
        vocabularySize: Int
    ) {
        precondition(logits.count == rows.count * vocabularySize)
        self.rows = rows
        self.logits = logits
        self.vocabularySize = vocabularySize
    }

    /// The logits of `rows[index]`.
    package subscript(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        let first = index * vocabularySize
        return UnsafeMutableBufferPointer(rebasing: logits[first..<first + vocabularySize])
    }
}
