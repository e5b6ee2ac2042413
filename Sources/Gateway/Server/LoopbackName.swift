/// Names and addresses that mean this machine.
enum LoopbackName {
    /// - Parameter authority: an address, or a host with or without a port.
    static func isLoopback(_ authority: String) -> Bool {
        let host = host(of: authority.lowercased())
        return host == "localhost" || host == "::1" || isLoopbackV4(host)
            || (host.hasPrefix("::ffff:") && isLoopbackV4(String(host.dropFirst(7))))
    }

    /// Without the port and the brackets of an IPv6 address.
    private static func host(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : authority
    }

    /// All of 127.0.0.0/8, written in full.
    private static func isLoopbackV4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil
            }
    }
}
