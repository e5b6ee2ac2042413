/// Why a `tokenizer.json` cannot be used: which file, where in it, and what was expected there.
package struct TokenizerError: Error, Hashable, CustomStringConvertible {
    /// The name of the file as the caller gave it.
    package var source: String
    /// The place in the file, such as `$.model.merges[17]`.
    package var path: String
    package var message: String

    package var description: String { "\(source): \(path): \(message)" }
}
