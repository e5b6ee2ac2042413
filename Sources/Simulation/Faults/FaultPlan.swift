/// What goes wrong in a simulation, and when.
package struct FaultPlan: Hashable, Sendable {
    /// Those with a time come first, in order of time; then those that follow effects.
    package let faults: [Fault]

    package static let none = FaultPlan([])

    package init(_ faults: [Fault]) {
        self.faults = faults.enumerated().sorted { left, right in
            switch (left.element.trigger, right.element.trigger) {
            case (.at(let one), .at(let another)): (one, left.offset) < (another, right.offset)
            case (.at, .afterEffect): true
            case (.afterEffect, .at): false
            case (.afterEffect, .afterEffect): left.offset < right.offset
            }
        }.map(\.element)
    }
}
