/// What is wrong with the file of a workload, where, and what was expected.
package struct WorkloadError: Error, Hashable, CustomStringConvertible {
    package var file: String
    /// Counted from 1; `nil` for the file as a whole.
    package var line: Int?
    package var message: String

    package var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
