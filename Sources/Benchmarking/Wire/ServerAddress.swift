/// Where a server is: host, port and what stands before every path. Plain HTTP only; a server that
/// wants TLS is reached through a proxy on this machine.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int
    /// Empty, or begins with a slash and does not end with one.
    package var pathPrefix: String

    package init(host: String, port: Int, pathPrefix: String = "") {
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    /// The value of the `Host` header.
    var authority: String { "\(bracketedHost):\(port)" }

    package var description: String { "http://\(authority)\(pathPrefix)" }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
}

/// A base URL that cannot be used.
package struct ServerAddressError: Error, Hashable, CustomStringConvertible {
    package var url: String
    package var message: String

    package var description: String { "the base URL '\(url)' \(message)" }
}

extension ServerAddress {
    /// Reads `http://host:port/prefix`; port and prefix may be missing.
    package init(baseURL url: String) throws(ServerAddressError) {
        func failure(_ message: String) -> ServerAddressError {
            ServerAddressError(url: url, message: message)
        }
        guard !url.lowercased().hasPrefix("https://") else {
            throw failure("asks for TLS, expected http://; put a proxy in front")
        }
        guard url.lowercased().hasPrefix("http://") else {
            throw failure("has no scheme, expected http://host:port")
        }
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") }) else {
            throw failure("has a query or a character that URLs do not have")
        }
        guard let (host, port) = Self.split(authority) else {
            throw failure("names no host and port, expected http://host:port")
        }
        self.init(host: host, port: port, pathPrefix: String(path))
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int)? {
        var host = authority
        var port = 80
        let bracket = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
            guard let number = Int(authority[authority.index(after: colon)...]),
                (1...65535).contains(number)
            else { return nil }
            port = number
            host = authority[..<colon]
        }
        if host.first == "[" {
            guard host.last == "]" else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        let isPlain = host.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: "[")
                && $0 != UInt8(ascii: "]")
        }
        return host.isEmpty || !isPlain ? nil : (String(host), port)
    }
}
