package import Domain

/// Why device memory could not be had or changed. Whatever failed has changed nothing.
package enum DeviceMemoryError: Error, Hashable, CustomStringConvertible {
    /// The budget is used up.
    case outOfPages(needed: Int, free: Int, pageSize: ByteCount)
    /// The system refused `call`.
    case system(call: String, reason: String)

    package var description: String {
        switch self {
        case .outOfPages(let needed, let free, let pageSize):
            "device memory: \(pageSize * needed) needed, \(pageSize * free) free of the budget"
        case .system(let call, let reason):
            "device memory: \(call) failed: \(reason)"
        }
    }

    init(_ failure: Platform.Failure) {
        self = .system(call: failure.call, reason: failure.reason)
    }
}
