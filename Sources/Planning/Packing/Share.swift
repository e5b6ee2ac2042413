package import Domain

/// A part of something, exactly: classes of size meet at thirds.
package struct Share: Hashable, Sendable {
    package let numerator: Int
    package let denominator: Int

    package init(_ numerator: Int, _ denominator: Int) {
        precondition(numerator >= 0 && denominator > 0)
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Rounded down: a whole number is above the share exactly if it is above this.
    package func of(_ blocks: BlockCount) -> BlockCount { blocks * numerator / denominator }
}
