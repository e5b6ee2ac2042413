/// A result file that cannot be shown, and why.
package struct ReportError: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
