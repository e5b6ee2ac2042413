/// What is wrong with a file of a model: where, what, and what was expected. Model files come
/// from anywhere, so every defect of theirs ends here and never in a trap.
package enum ModelFileError: Error, Hashable, CustomStringConvertible {
    /// The file is missing or the system will not read it.
    case unreadable(file: String, reason: String)
    /// The file is not what its name says.
    case malformed(file: String, problem: String)
    /// A field of a JSON file is missing or out of bounds.
    case field(file: String, key: String, problem: String)
    /// A tensor is missing or not as the configuration says.
    case tensor(file: String, name: String, problem: String)
    /// The file is sound but asks for something that is not implemented.
    case unsupported(file: String, problem: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .malformed(let file, let problem): "\(file): \(problem)"
        case .field(let file, let key, let problem): "\(file): \"\(key)\" \(problem)"
        case .tensor(let file, let name, let problem): "\(file): tensor \"\(name)\" \(problem)"
        case .unsupported(let file, let problem): "\(file): \(problem)"
        }
    }
}
