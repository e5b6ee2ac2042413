/// An option that cannot be used, and what could.
package enum OptionError: Error, Hashable, CustomStringConvertible {
    case unknownKernelTier(String, available: [String])
    case outOfBounds(option: String, value: Int, expected: String)

    package var description: String {
        switch self {
        case .unknownKernelTier(let name, let available):
            "kernel tier \"\(name)\" is not one this processor runs; "
                + "expected one of \(available.joined(separator: ", "))"
        case .outOfBounds(let option, let value, let expected):
            "\(option) is \(value), expected \(expected)"
        }
    }
}
