/// Why a model cannot be written: which path or size, and what is wrong with it.
package struct ModelWriteError: Error, Hashable, CustomStringConvertible {
    package var path: String
    package var problem: String

    package var description: String { "\(path): \(problem)" }
}
