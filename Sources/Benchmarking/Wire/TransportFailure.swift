/// Why no whole response came over a connection.
enum TransportFailure: Error, Hashable, Sendable {
    case cannotConnect(String)
    /// Before the first byte of the response.
    case closedEarly
    /// After the first byte and before the last.
    case truncated
    case malformed(String)
}
